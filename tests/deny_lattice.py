"""Every kind of request that the deny decides, what it should say, and every small way to get a statement wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from guardrail.core.runtimes.deny_policy import PolicyForm
from guardrail.core.runtimes.landing_zone import LandingZone
from tests.iam_evaluator import FULL_ACCESS, Attached, Request

Json = dict[str, Any]

ACCOUNT, OTHER_ACCOUNT = "111122223333", "444455556666"
SUBNETS, GROUPS = "bedrock-agentcore:subnets", "bedrock-agentcore:securityGroups"
ZONES = (
    LandingZone(
        account=ACCOUNT,
        region="us-east-1",
        subnets=("subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"),
        security_groups=("sg-0a1b2c3d4e5f60001", "sg-0a1b2c3d4e5f60002"),
        capacity_providers=(f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:capacity-provider/pool-AbCdEfGhIj",),
    ),
    LandingZone(
        account=ACCOUNT,
        region="eu-west-1",
        subnets=("subnet-0e1b2c3d4e5f60001",),
        security_groups=("sg-0e1b2c3d4e5f60001",),
    ),
)
REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-2")
"""Two with a landing zone and one without."""

PLACING = ("CreateAgentRuntime", "UpdateAgentRuntime", "CreateBrowser", "CreateCodeInterpreter")
OTHERS = (
    "CreateAgentRuntimeEndpoint",
    "UpdateAgentRuntimeEndpoint",
    "GetAgentRuntime",
    "DeleteAgentRuntime",
    "InvokeAgentRuntime",
    "CreateHarness",
    "CreateGatewayTarget",
    "PutResourcePolicy",
)
_RESOURCES = (
    "runtime/orders-AbCdEfGhIj",
    "runtime/orders-AbCdEfGhIj/runtime-endpoint/prod",
    "harness/helper-AbCdEfGhIj",
)
_LISTED_BY_AWS = {"UpdateAgentRuntime": _RESOURCES[0], "UpdateAgentRuntimeEndpoint": _RESOURCES[1]}


@dataclass(frozen=True)
class Case:
    """A request, and whether the deny should stop it. `strict`: AWS's data lists the resource for the action."""

    request: Request
    denied: bool
    strict: bool


def arn(region: str, resource: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:bedrock-agentcore:{region}:{account}:{resource}"


def request(
    action: str,
    region: str,
    resource: str = "*",
    *,
    subnets: tuple[str, ...] | None = None,
    groups: tuple[str, ...] | None = None,
    role: str = "developers/Ada",
    account: str = ACCOUNT,
) -> Request:
    """A request of a role session; a key with None is not part of it."""
    keys = {SUBNETS: subnets, GROUPS: groups}
    context = {
        "aws:RequestedRegion": region,
        "aws:PrincipalAccount": account,
        "aws:PrincipalArn": f"arn:aws:iam::{account}:role/{role}",
        **{key: value for key, value in keys.items() if value is not None},
    }
    return Request(f"bedrock-agentcore:{action}", resource, context)


@cache
def lattice(zones: tuple[LandingZone, ...] = ZONES) -> tuple[Case, ...]:
    """Each action on each resource, with every combination of values of both keys, in three Regions."""
    cases = []
    for region in REGIONS:
        wheres = [("*", "*"), *((each, arn(region, each)) for each in _RESOURCES)]
        for action, (resource, where), subnets, groups in product(
            PLACING, wheres, _values(zones, region, "subnets"), _values(zones, region, "security_groups")
        ):
            asked = request(action, region, where, subnets=subnets, groups=groups)
            denied = not _inside(zones, region, subnets, groups)
            cases.append(Case(asked, denied, strict=resource == _LISTED_BY_AWS.get(action, "*")))
        foreign = {"subnets": ("subnet-0f0f0f0f0f0f0f0f0",), "groups": ("sg-0f0f0f0f0f0f0f0f0",)}
        for action, (resource, where), keys in product(OTHERS, wheres, ({}, foreign)):
            asked = request(action, region, where, **keys)
            cases.append(Case(asked, denied=False, strict=resource == _LISTED_BY_AWS.get(action)))
    return tuple(cases)


def of_another_account() -> list[Case]:
    """What an SCP sees when it is attached above the account: other accounts have other ids, but also no PUBLIC."""
    own: Json = {"subnets": ("subnet-0b0b0b0b0b0b0b0b0",), "groups": ("sg-0b0b0b0b0b0b0b0b0",)}
    return [
        Case(
            request(action, region, account=OTHER_ACCOUNT, **keys),
            denied=not keys or region == REGIONS[2],
            strict=False,
        )
        for action, region, keys in product(PLACING, REGIONS, ({}, own))
    ]


def attach(form: PolicyForm, documents: Sequence[Json]) -> Attached:
    """A principal who may do everything, bound by the documents in the way that their form is made for."""
    match form:
        case PolicyForm.MANAGED_POLICY:
            return Attached(identity=(FULL_ACCESS, *documents))
        case PolicyForm.BOUNDARY:
            return Attached(boundary=tuple(documents))
        case PolicyForm.SCP:
            return Attached(scps=(FULL_ACCESS, *documents))


def _values(zones: Sequence[LandingZone], region: str, name: str) -> list[tuple[str, ...] | None]:
    """No key, empty, approved, foreign, both, and what is approved in the other Region."""
    here = next((getattr(zone, name) for zone in zones if zone.region == region), getattr(zones[0], name))
    elsewhere = next(getattr(zone, name) for zone in zones if zone.region != region and getattr(zone, name) != here)
    foreign = {"subnets": "subnet-0f0f0f0f0f0f0f0f0", "security_groups": "sg-0f0f0f0f0f0f0f0f0"}[name]
    return [None, (), here, (foreign,), (*here, foreign), elsewhere]


def _inside(
    zones: Sequence[LandingZone], region: str, subnets: tuple[str, ...] | None, groups: tuple[str, ...] | None
) -> bool:
    zone = next((zone for zone in zones if zone.region == region), None)
    if zone is None or not subnets or not groups:
        return False
    return set(subnets) <= set(zone.subnets) and set(groups) <= set(zone.security_groups)


def mutants(statement: Json) -> Iterator[tuple[str, Json | None]]:
    """Every statement that differs in one small way, with what was done to it; None for one that was dropped."""
    yield "dropped", None
    for action in statement["Action"]:
        yield "action dropped", {**statement, "Action": [each for each in statement["Action"] if each != action]}
    yield "resource narrowed", {**statement, "Resource": "arn:*:bedrock-agentcore:*:*:runtime/*"}
    condition = statement["Condition"]
    for operator, keys in condition.items():
        rest = {name: each for name, each in condition.items() if name != operator}
        yield "operator dropped", {**statement, "Condition": rest}
        for other in _OTHER_OPERATORS.get(operator, ()):
            yield "operator changed", {**statement, "Condition": {**rest, other: keys}}
        for what, changed in _changed(keys):
            yield what, {**statement, "Condition": {**rest, operator: changed}}


_OTHER_OPERATORS = {
    "ForAnyValue:StringNotEquals": ("ForAllValues:StringNotEquals", "ForAnyValue:StringEquals", "StringNotEquals"),
    "ForAllValues:StringNotLike": ("ForAnyValue:StringNotLike", "ForAllValues:StringLike", "StringNotLike"),
    "StringEquals": ("StringNotEquals",),
    "StringNotEquals": ("StringEquals",),
}
_OTHER_VALUES = {
    "true": "false",
    "us-east-1": "eu-west-1",
    "eu-west-1": "us-east-1",
    ACCOUNT: OTHER_ACCOUNT,
}


def _changed(keys: Json) -> Iterator[tuple[str, Json]]:
    swapped = {SUBNETS: GROUPS, GROUPS: SUBNETS, "aws:RequestedRegion": "aws:PrincipalAccount"}
    for key, value in keys.items():
        rest = {name: each for name, each in keys.items() if name != key}
        if rest:
            yield "key dropped", rest
        if key in swapped and swapped[key] not in rest:
            yield "key swapped", {**rest, swapped[key]: value}
        values = [value] if isinstance(value, str) else value
        for position, each in enumerate(values):
            others = [*values[:position], *values[position + 1 :]]
            if others:
                yield "value dropped", {**rest, key: others}
            if each in _OTHER_VALUES:
                yield "value swapped", {**rest, key: [*others, _OTHER_VALUES[each]]}
        if not isinstance(value, str):
            added = {SUBNETS: "subnet-0f0f0f0f0f0f0f0f0", GROUPS: "sg-0f0f0f0f0f0f0f0f0"}.get(key, REGIONS[2])
            yield "value added", {**rest, key: [*value, added]}
