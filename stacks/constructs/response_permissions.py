"""What the roles of one account and Region may do with AgentCore: as much as the mode needs, and not more."""

from collections.abc import Sequence

from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.response import ResponseMode
from stacks.constructs.grants import Permission

SERVICE = "bedrock-agentcore.amazonaws.com"
NETWORK_SERVICE = "network.bedrock-agentcore.amazonaws.com"

LISTED = Permission(
    (
        "bedrock-agentcore:ListAgentRuntimes",
        "bedrock-agentcore:ListBrowsers",
        "bedrock-agentcore:ListCodeInterpreters",
    ),
    ("*",),
)
"""What a sweep asks for; none of them has a resource type."""

_LOOK = ("bedrock-agentcore:GetAgentRuntime",)
_JUDGE_WHAT_TO_DO = ("bedrock-agentcore:GetResourcePolicy", "bedrock-agentcore:ListTagsForResource")
_QUARANTINE = ("bedrock-agentcore:PutResourcePolicy", "bedrock-agentcore:DeleteResourcePolicy")
_REPAIR = (
    "bedrock-agentcore:UpdateAgentRuntime",
    "bedrock-agentcore:GetAgentRuntimeEndpoint",
    "bedrock-agentcore:UpdateAgentRuntimeEndpoint",
)


def response_permissions(
    zone: LandingZone, mode: ResponseMode, partition: str, pass_role_path: str
) -> Sequence[Permission]:
    """Return what `verify_runtime` may do in a mode; in OBSERVE it may read, and nothing else.

    Args:
        pass_role_path: Path of the roles that runtimes run as. An update gives the runtime's own role to it once more,
            so the guardrail has to be allowed to pass these, and to AgentCore only.
    """
    agentcore = f"arn:{partition}:bedrock-agentcore:{zone.region}:{zone.account}"
    runtimes, harnesses = f"{agentcore}:runtime/*", f"{agentcore}:harness/*"
    tools = (f"{agentcore}:browser-custom/*", f"{agentcore}:code-interpreter-custom/*")
    may = [
        Permission(("bedrock-agentcore:ListAgentRuntimeEndpoints",), ("*",)),  # has no resource type
        Permission(_LOOK, (runtimes,)),
        Permission(("bedrock-agentcore:GetBrowser", "bedrock-agentcore:GetCodeInterpreter"), tools),
    ]
    if mode is not ResponseMode.OBSERVE:
        may += [
            Permission((*_JUDGE_WHAT_TO_DO, *_QUARANTINE), (runtimes,)),
            Permission(("bedrock-agentcore:ListHarnesses",), ("*",)),  # has no resource type
            Permission(("bedrock-agentcore:GetHarness",), (harnesses,)),
        ]
    if mode is ResponseMode.REPAIR:
        may += [Permission(_REPAIR, (runtimes,)), *_roles(zone.account, partition, pass_role_path)]
    return may


def _roles(account: str, partition: str, pass_role_path: str) -> list[Permission]:
    """The runtime's own role, and the role that AgentCore makes for itself with the account's first VPC runtime."""
    iam = f"arn:{partition}:iam::{account}:role"
    linked = f"{iam}/aws-service-role/{NETWORK_SERVICE}/AWSServiceRoleForBedrockAgentCoreNetwork"
    return [
        Permission(("iam:PassRole",), (f"{iam}{pass_role_path}*",), {"StringEquals": {"iam:PassedToService": SERVICE}}),
        Permission(
            ("iam:CreateServiceLinkedRole",), (linked,), {"StringEquals": {"iam:AWSServiceName": NETWORK_SERVICE}}
        ),
    ]
