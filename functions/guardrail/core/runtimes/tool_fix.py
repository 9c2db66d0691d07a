"""How to replace a tool outside the landing zone: AgentCore has no update of one, so a new one is made beside it."""

import json
import shlex

from guardrail.core.runtimes.fix import NO_FIX, Fix
from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.target import Target, target_of
from guardrail.core.runtimes.tool import TOOL_ID, ToolKind

_AWS = "aws bedrock-agentcore-control"
_READ_ONLY = ".status, .failureReason, .createdAt, .lastUpdatedAt"
_DROP_EMPTY = 'with_entries(select(.value != "" and .value != []))'
_RENAME = '.name = (.name[:44] + "_vpc")'
"""A name is taken while the old tool exists; one has at most 48 characters."""


def propose_replacement(kind: ToolKind, snapshot: Snapshot, zone: LandingZone) -> Fix:
    """Return how to create the tool anew in the zone; to delete the old one is left to people, when nothing uses it.

    An id that is none has no fix: nothing of it may get into a command.
    """
    if snapshot.runtime_id is None or not TOOL_ID.fullmatch(snapshot.runtime_id):
        return NO_FIX
    newest = None if snapshot.newest is None else snapshot.versions.get(snapshot.newest)
    target = target_of(newest, zone)
    return Fix(
        _commands(kind, snapshot.runtime_id, snapshot.region, target),
        _cloudformation(kind, target),
        _terraform(kind, target),
        _cdk(kind, target),
    )


def _commands(kind: ToolKind, tool_id: str, region: str, target: Target) -> str:
    """Read, change, create. Through a file of the user's own, not a pipe: the AWS CLI reads its input twice."""
    where = f"--region {shlex.quote(region)}"
    that = f"{where} --{kind}-id {tool_id}"
    vpc = {"subnets": target.subnets, "securityGroups": target.security_groups}
    placed = json.dumps({"networkMode": "VPC", "vpcConfig": vpc})
    removed = f"del(.{kind.member}Id, .{kind.member}Arn, {_READ_ONLY})"
    change = shlex.quote(f"{removed} | {_DROP_EMPTY} | {_RENAME} | .networkConfiguration = {placed}")
    return (
        f"(f=$(mktemp); trap 'rm -f \"$f\"' EXIT; {_AWS} get-{kind} {that} --output json"
        f' | jq {change} > "$f" && {_AWS} create-{kind} {where} --cli-input-json "file://$f")\n'
        f"# Its tags are not copied. When the new one is READY and nothing uses the old one any more:\n"
        f"# {_AWS} delete-{kind} {that}"
    )


def _cloudformation(kind: ToolKind, target: Target) -> str:
    return "\n".join(
        [
            f"# Properties of the AWS::BedrockAgentCore::{kind.noun}Custom; it is replaced, so it needs a new Name",
            "NetworkConfiguration:",
            "  NetworkMode: VPC",
            "  VpcConfig:",
            f"    Subnets: {json.dumps(target.subnets)}",
            f"    SecurityGroups: {json.dumps(target.security_groups)}",
        ]
    )


def _terraform(kind: ToolKind, target: Target) -> str:
    return "\n".join(
        [
            f"# in the aws_bedrockagentcore_{kind.replace('-', '_')}, which is replaced",
            "network_configuration {",
            '  network_mode = "VPC"',
            "  vpc_config {",
            f"    subnets         = {json.dumps(target.subnets)}",
            f"    security_groups = {json.dumps(target.security_groups)}",
            "  }",
            "}",
        ]
    )


def _cdk(kind: ToolKind, target: Target) -> str:
    subnets = ", ".join(f'ec2.Subnet.from_subnet_id(self, "{each}", "{each}")' for each in target.subnets)
    groups = ", ".join(
        f'ec2.SecurityGroup.from_security_group_id(self, "{each}", "{each}")' for each in target.security_groups
    )
    return "\n".join(
        [
            f"# argument of the aws_bedrockagentcore.{kind.noun}Custom, which is replaced, so it needs a new name",
            f"network_configuration={kind.noun}NetworkConfiguration.using_vpc(",
            "    self,",
            "    vpc=vpc,",
            f"    vpc_subnets=ec2.SubnetSelection(subnets=[{subnets}]),",
            f"    security_groups=[{groups}],",
            ")",
        ]
    )
