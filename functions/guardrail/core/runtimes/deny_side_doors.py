"""The side doors to the same compute, which no network key guards: closed for everybody, or for all but some roles."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.deny_statements import ACCOUNT, Condition, Statement
from guardrail.core.runtimes.landing_zone import LandingZone

ANY_RUNTIME = "arn:*:bedrock-agentcore:*:*:runtime/*"
"""Every runtime and, as `*` goes past a slash, every endpoint."""

ENDPOINT_ACTIONS = (
    "CreateAgentRuntimeEndpoint",
    "UpdateAgentRuntimeEndpoint",
    "CreateHarnessEndpoint",
    "UpdateHarnessEndpoint",
)

ROLE_PATH = "/agentcore-guardrail/"
"""The IAM path of all roles of the guardrail. Nobody else should be allowed to make roles below it."""

_ROLE = re.compile(r"arn:[\w*-]+:iam::\d{12}:role/[\w+=,.@/*?-]+", re.ASCII)
_PROVIDER = r"arn:[a-z-]+:bedrock-agentcore:{region}:{account}:capacity-provider/[\w-]+"


@dataclass(frozen=True, slots=True)
class SideDoors:
    """Who may still use a side door.

    Attributes:
        guardrail_roles: ARNs of the roles that contain and repair; a name may have wildcards.
        deploy_roles: ARNs of the roles that may make endpoints and move them, besides the guardrail's.

    Raises:
        InvalidInput: One is no ARN of a role.
    """

    guardrail_roles: tuple[str, ...]
    deploy_roles: tuple[str, ...]

    def __post_init__(self) -> None:
        for where, arns in (("guardrail role", self.guardrail_roles), ("deploy role", self.deploy_roles)):
            if not arns or not all(_ROLE.fullmatch(arn) for arn in arns):
                raise InvalidInput(where, "the ARN of an IAM role, in whose name * and ? are wildcards")


def our_side_doors(account: str) -> SideDoors:
    """Return the roles below the path of this project's stacks, and those that the CDK CLI makes.

    Paths and names can be taken by whoever may create roles. Exact ARNs are better where they are known.
    """
    role = f"arn:*:iam::{account}:role/"
    return SideDoors(
        guardrail_roles=(f"arn:*:iam::{account}:role{ROLE_PATH}*",),
        deploy_roles=(f"{role}cdk-*-cfn-exec-role-{account}-*",),
    )


def side_door_statements(doors: SideDoors, zones: Sequence[LandingZone], *, name_account: bool) -> Iterator[Statement]:
    """Close harnesses, capacity providers, resource policies and endpoints, in this order.

    Raises:
        InvalidInput: A role is of another account than the zones, or a capacity provider not of its zone's account and
            Region.
    """
    account = zones[0].account
    deployers = (*doors.guardrail_roles, *doors.deploy_roles)
    if not all(f":iam::{account}:" in arn for arn in deployers):
        raise InvalidInput("guardrail and deploy roles", f"roles of account {account}, as the zones have")
    bound: Condition = {"StringEquals": {ACCOUNT: account}} if name_account else {}
    yield _but_for(doors.guardrail_roles, Statement("Harnesses", ("CreateHarness", "UpdateHarness"), bound))
    yield Statement("NewCapacityProvider", ("CreateCapacityProvider",), bound)
    yield _foreign_capacity_provider(zones, bound)
    policies = ("PutResourcePolicy", "DeleteResourcePolicy")
    yield _but_for(doors.guardrail_roles, Statement("ResourcePolicies", policies, bound, resource=ANY_RUNTIME))
    yield _but_for(deployers, Statement("Endpoints", ENDPOINT_ACTIONS, bound))


def _but_for(roles: tuple[str, ...], statement: Statement) -> Statement:
    excepted = {"ArnNotLike": {"aws:PrincipalArn": list(roles)}}
    return replace(statement, condition={**statement.condition, **excepted}, ids=roles, subject="roles")


def _foreign_capacity_provider(zones: Sequence[LandingZone], bound: Condition) -> Statement:
    for zone in zones:
        form = re.compile(_PROVIDER.format(region=zone.region, account=zone.account), re.ASCII)
        if not all(form.fullmatch(arn) for arn in zone.capacity_providers):
            raise InvalidInput(f"zone of {zone.region}: capacity_providers", "ARNs of its own account and Region")
    approved = tuple(arn for zone in zones for arn in zone.capacity_providers)
    return Statement(
        "ForeignCapacityProvider",
        ("PassCapacityProvider",),
        bound,
        ids=approved,
        subject="capacity_providers of all zones",
        all_but_ids=bool(approved),
    )
