"""The statements of the deny: each asks one question about a request and denies it when the answer is yes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guardrail.core.runtimes.landing_zone import LandingZone

SUBNETS = "bedrock-agentcore:subnets"
SECURITY_GROUPS = "bedrock-agentcore:securityGroups"
REGION = "aws:RequestedRegion"
ACCOUNT = "aws:PrincipalAccount"

PLACING_ACTIONS = ("CreateAgentRuntime", "UpdateAgentRuntime", "CreateBrowser", "CreateCodeInterpreter")
"""The actions that AWS documents to carry both network keys. CreateAgentRuntimeEndpoint has neither."""

GATEWAY_TARGET_ACTIONS = ("CreateGatewayTarget", "UpdateGatewayTarget")
"""May carry the keys: AWS's guide says so, its service authorization reference does not list them yet."""

Condition = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Statement:
    """One question.

    Attributes:
        actions: Without the service's prefix.
        ids: The approved ids, or ARNs, that the question compares with.
        subject: What the ids are, for errors; empty when there are none.
        all_but_ids: The ids are ARNs, and the question is about every resource but them.
    """

    sid: str
    actions: tuple[str, ...]
    condition: Condition
    resource: str = "*"
    ids: tuple[str, ...] = ()
    subject: str = ""
    all_but_ids: bool = False

    def document(self) -> dict[str, Any]:
        """Return the statement as IAM reads it."""
        document: dict[str, Any] = {
            "Sid": self.sid,
            "Effect": "Deny",
            "Action": [f"bedrock-agentcore:{action}" for action in self.actions],
        }
        if self.all_but_ids:
            document["NotResource"] = list(self.ids)
        else:
            document["Resource"] = self.resource
        if self.condition:
            document["Condition"] = {operator: dict(keys) for operator, keys in self.condition.items()}
        return document


def placed_nowhere() -> list[Statement]:
    """Ask in four ways whether the request names no place, as one for PUBLIC does, or an update without a network.

    A key that is missing is caught by Null. One that is present without a value is no input that AgentCore takes, and
    costs two more statements in case that changes. The keys are never asked about together: inside one operator they
    would be AND-ed.
    """
    return [
        Statement("NoSubnets", PLACING_ACTIONS, {"Null": {SUBNETS: "true"}}),
        Statement("NoSecurityGroups", PLACING_ACTIONS, {"Null": {SECURITY_GROUPS: "true"}}),
        Statement("EmptySubnets", PLACING_ACTIONS, {"ForAllValues:StringNotLike": {SUBNETS: "*"}}),
        Statement("EmptySecurityGroups", PLACING_ACTIONS, {"ForAllValues:StringNotLike": {SECURITY_GROUPS: "*"}}),
    ]


def no_landing_zone(regions: Sequence[str], *, gateway_targets: bool) -> list[Statement]:
    """Ask whether the request goes to a Region where nothing is approved.

    A gateway target without a private endpoint is placed nowhere and is none of our business, so that for these actions
    the question is asked only about a request that has subnets.
    """
    elsewhere: Condition = {"StringNotEquals": {REGION: list(regions)}}
    statements = [Statement("NoLandingZone", PLACING_ACTIONS, elsewhere)]
    if gateway_targets:
        placed_elsewhere: Condition = {**elsewhere, "Null": {SUBNETS: "false"}}
        statements.append(Statement("NoLandingZoneForGatewayTarget", GATEWAY_TARGET_ACTIONS, placed_elsewhere))
    return statements


def foreign_ids(zone: LandingZone, *, name_account: bool, gateway_targets: bool) -> list[Statement]:
    """Ask, in the zone's Region, whether any subnet is not approved, and whether any security group is not.

    ForAnyValue is what finds one foreign id among approved ones. It is false when the key is missing.
    """
    actions = PLACING_ACTIONS + (GATEWAY_TARGET_ACTIONS if gateway_targets else ())
    here = {REGION: zone.region} | ({ACCOUNT: zone.account} if name_account else {})
    return [
        Statement(
            sid + sid_part(zone.region),
            actions,
            {"ForAnyValue:StringNotEquals": {key: list(ids)}, "StringEquals": here},
            ids=ids,
            subject=f"zone of {zone.region}: {subject}",
        )
        for sid, key, subject, ids in (
            ("ForeignSubnet", SUBNETS, "subnets", zone.subnets),
            ("ForeignSecurityGroup", SECURITY_GROUPS, "security_groups", zone.security_groups),
        )
    ]


def sid_part(region: str) -> str:
    """Return a Region's name as part of a Sid, which takes letters and digits only."""
    return "".join(part.capitalize() for part in region.split("-"))
