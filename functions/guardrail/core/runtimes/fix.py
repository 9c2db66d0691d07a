"""How to put a broken rule right, in four forms, none of which loses anything else about the runtime."""

import json
import shlex
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.rules import RuleId, broken_rules
from guardrail.core.runtimes.runtime import DEFAULT_ENDPOINT, Snapshot
from guardrail.core.runtimes.target import Target, target_of

_AWS = "aws bedrock-agentcore-control"
_READ_ONLY = (
    "agentRuntimeArn, .agentRuntimeName, .agentRuntimeVersion, .createdAt, .lastUpdatedAt, .status, "
    ".failureReason, .workloadIdentityDetails"
)
_DROP_EMPTY = (
    'with_entries(select(.value != "" and .value != [])) | '
    "if .requestHeaderConfiguration.requestHeaderAllowlist == [] then del(.requestHeaderConfiguration) else . end"
)


@dataclass(frozen=True, slots=True)
class Fix:
    """The fix for one violation; a form that cannot express it is None."""

    cli: str | None
    cloudformation: str | None = None
    terraform: str | None = None
    cdk: str | None = None

    def document(self) -> dict[str, str | None]:
        """Return the four forms as JSON values."""
        return {
            "cli": self.cli,
            "cloudformation": self.cloudformation,
            "terraform": self.terraform,
            "cdk": self.cdk,
        }


NO_FIX = Fix(None)


def propose_fix(rule: RuleId, version: int, endpoints: tuple[str, ...], snapshot: Snapshot, zone: LandingZone) -> Fix:
    """Return the fix for a rule that `version` breaks.

    When the newest version breaks no rule, its endpoints only have to move to it. Otherwise a new version is made
    from everything that Get returns of the newest one (UpdateAgentRuntime replaces the whole configuration: what is
    left out is dropped, and without its metadataConfiguration a runtime refuses every invocation), DEFAULT follows it,
    and the other endpoints have to be moved.
    """
    if snapshot.runtime_id is None or snapshot.newest is None:
        return NO_FIX
    newest = snapshot.versions.get(snapshot.newest)
    if newest and version != newest.number and not newest.placement.malformed and not broken_rules(newest, zone):
        return _moved(endpoints, newest.number, snapshot)
    repaired = _repaired(rule, target_of(newest, zone), snapshot)
    staying = tuple(name for name in endpoints if name != DEFAULT_ENDPOINT)
    return _joined(repaired, _moved(staying, snapshot.newest + 1, snapshot)) if staying else repaired


def _repaired(rule: RuleId, target: Target, snapshot: Snapshot) -> Fix:
    cli = _update_command(str(snapshot.runtime_id), snapshot.region, target)
    if rule is RuleId.SERVICE_S3_ENDPOINT:
        return Fix(cli)
    if rule is RuleId.CAPACITY_PROVIDER:
        return Fix(cli, _cloudformation(target))
    return Fix(cli, _cloudformation(target), _terraform(target), _cdk(target))


@lru_cache(maxsize=64)
def _update_filter(target: Target) -> str:
    vpc: dict[str, Any] = {"subnets": target.subnets, "securityGroups": target.security_groups}
    if target.service_s3_off:
        vpc["requireServiceS3Endpoint"] = False
    placed = json.dumps({"networkMode": "VPC", "networkModeConfig": vpc})
    steps = [f"del(.{_READ_ONLY})", _DROP_EMPTY, f".networkConfiguration = {placed}"]
    if target.capacity_provider:
        steps.append(f".capacityProviderConfiguration.capacityProviderArn = {json.dumps(target.capacity_provider)}")
    elif target.capacity_provider == "":
        steps.append("del(.capacityProviderConfiguration)")
    return shlex.quote(" | ".join(steps))


def _update_command(runtime_id: str, region: str, target: Target) -> str:
    """Read, change, send back. Through a file of the user's own, not a pipe: the AWS CLI reads its input twice."""
    where = f"--region {shlex.quote(region)}"
    return (
        f"(f=$(mktemp); trap 'rm -f \"$f\"' EXIT; "
        f"{_AWS} get-agent-runtime {where} --agent-runtime-id {shlex.quote(runtime_id)} --output json"
        f' | jq {_update_filter(target)} > "$f"'
        f' && {_AWS} update-agent-runtime {where} --cli-input-json "file://$f")'
    )


@lru_cache(maxsize=64)
def _cloudformation(target: Target) -> str:
    lines = [
        "# Properties of the AWS::BedrockAgentCore::Runtime",
        "NetworkConfiguration:",
        "  NetworkMode: VPC",
        "  NetworkModeConfig:",
        f"    Subnets: {json.dumps(target.subnets)}",
        f"    SecurityGroups: {json.dumps(target.security_groups)}",
    ]
    if target.capacity_provider:
        lines += ["CapacityProviderConfiguration:", f"  CapacityProviderArn: {json.dumps(target.capacity_provider)}"]
    elif target.capacity_provider == "":
        lines.append("# and remove CapacityProviderConfiguration")
    return "\n".join(lines)


@lru_cache(maxsize=64)
def _terraform(target: Target) -> str:
    return "\n".join(
        [
            "# in the aws_bedrockagentcore_agent_runtime",
            "network_configuration {",
            '  network_mode = "VPC"',
            "  network_mode_config {",
            f"    subnets         = {json.dumps(target.subnets)}",
            f"    security_groups = {json.dumps(target.security_groups)}",
            "  }",
            "}",
        ]
    )


@lru_cache(maxsize=64)
def _cdk(target: Target) -> str:
    subnets = ", ".join(f'ec2.Subnet.from_subnet_id(self, "{each}", "{each}")' for each in target.subnets)
    groups = ", ".join(
        f'ec2.SecurityGroup.from_security_group_id(self, "{each}", "{each}")' for each in target.security_groups
    )
    return "\n".join(
        [
            "# arguments of the aws_bedrockagentcore.Runtime; without security_groups it makes one that allows all",
            "network_configuration=RuntimeNetworkConfiguration.using_vpc(",
            "    self,",
            "    vpc=vpc,",
            f"    vpc_subnets=ec2.SubnetSelection(subnets=[{subnets}]),",
            f"    security_groups=[{groups}],",
            ")",
        ]
    )


def _moved(endpoints: tuple[str, ...], version: int, snapshot: Snapshot) -> Fix:
    region, runtime_id = shlex.quote(snapshot.region), shlex.quote(str(snapshot.runtime_id))
    commands = [
        f"{_AWS} update-agent-runtime-endpoint --region {region} --agent-runtime-id {runtime_id}"
        f" --endpoint-name {shlex.quote(name)} --agent-runtime-version {version}"
        for name in endpoints
    ]
    where = "endpoint " + ", ".join(json.dumps(name) for name in endpoints)  # a line end would end the comment
    return Fix(
        cli="\n".join(commands),
        cloudformation=f'# AWS::BedrockAgentCore::RuntimeEndpoint of {where}\nAgentRuntimeVersion: "{version}"',
        terraform=f'# aws_bedrockagentcore_agent_runtime_endpoint of {where}\nagent_runtime_version = "{version}"',
        cdk=f'# aws_bedrockagentcore.RuntimeEndpoint of {where}\nagent_runtime_version="{version}"',
    )


def _joined(first: Fix, then: Fix) -> Fix:
    """Both, one after the other; `then` waits until the new version is READY."""

    def both(a: str | None, b: str | None) -> str | None:
        return None if a is None or b is None else f"{a}\n# when get-agent-runtime shows status READY:\n{b}"

    return Fix(
        cli=both(first.cli, then.cli),
        cloudformation=both(first.cloudformation, then.cloudformation),
        terraform=both(first.terraform, then.terraform),
        cdk=both(first.cdk, then.cdk),
    )
