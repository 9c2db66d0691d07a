"""With AUTH=true policies decide AgentCore's control plane too: ministack evaluates only its data plane."""

from collections.abc import Iterator
from typing import Any

from ministack import app
from ministack.app import _credential_failure
from ministack.core.iam_evaluator import AuthError, EvalResult, enforce
from ministack.core.responses import error_response_json, get_account_id, get_region

from guardrail_lab.agentcore.model import AgentCoreCall
from guardrail_lab.emulator.seam import Answer, Forward, Request

SERVICE = "bedrock-agentcore"
ARNS = {
    "agentRuntimeId": "runtime",
    "harnessId": "harness",
    "browserId": "browser-custom",
    "codeInterpreterId": "code-interpreter-custom",
    "capacityProviderId": "capacity-provider",
}
# The members that give a role to the service; capacity providers have theirs one level down.
ROLES = ("roleArn", "executionRoleArn")

Check = tuple[str, str, str, dict[str, Any]]


async def authorize(request: Request, forward: Forward) -> Answer:
    """Refuse what an identity policy, a boundary or a session policy of the caller does not allow."""
    if not app.AUTH or request.agentcore is None:
        return await forward(request)
    for service, action, resource, keys in _checks(request.agentcore):
        refused = enforce(request.access_key, action, service, get_region(), resource, keys)
        if isinstance(refused, AuthError):
            return Answer(*_credential_failure(service, action, request.request_id, refused, request.headers))
        if refused is not None:
            return _denial(refused, action, resource)
    return await forward(request)


def _checks(call: AgentCoreCall) -> Iterator[Check]:
    keys = _network_keys(call)
    for resource in _resources(call):
        yield SERVICE, f"{SERVICE}:{call.name}", resource, keys
    for role in _given_roles(call):
        yield "iam", "iam:PassRole", role, {"iam:PassedToService": "bedrock-agentcore.amazonaws.com"}
    if "Harness" in call.name and call.changes_something:
        # A harness call also needs the runtime's action, on the harness: no network keys are known to reach it.
        for resource in _resources(call):
            yield SERVICE, f"{SERVICE}:{call.name.replace('Harness', 'AgentRuntime')}", resource, {}


def _resources(call: AgentCoreCall) -> Iterator[str]:
    """The resources of the service authorization reference: an endpoint's runtime and the endpoint are both checked."""
    if "resourceArn" in call.parameters:
        yield call.parameters["resourceArn"]
        return
    found = [(path, call.parameters[member]) for member, path in ARNS.items() if member in call.parameters]
    if not found or call.name.startswith("List"):
        yield "*"
        return
    [(path, resource_id)] = found
    arn = f"arn:aws:bedrock-agentcore:{get_region()}:{get_account_id()}:{path}/{resource_id}"
    yield arn
    if "endpointName" in call.parameters and path == "runtime":
        yield f"{arn}/runtime-endpoint/{call.parameters['endpointName']}"


def _given_roles(call: AgentCoreCall) -> Iterator[str]:
    permissions = call.parameters.get("permissionsConfiguration")
    within = permissions.get("capacityProviderOperatorRoleArn") if isinstance(permissions, dict) else None
    for role in (*(call.parameters.get(member) for member in ROLES), within):
        if isinstance(role, str):
            yield role


def _network_keys(call: AgentCoreCall) -> dict[str, Any]:
    network = call.parameters.get("networkConfiguration")
    placement = network if isinstance(network, dict) else {}
    subnets_and_groups = placement.get("networkModeConfig") or placement.get("vpcConfig")
    if not isinstance(subnets_and_groups, dict):
        return {}
    keys = {f"bedrock-agentcore:{name}": subnets_and_groups.get(name) for name in ("subnets", "securityGroups")}
    return {key: values for key, values in keys.items() if values}


def _denial(refused: EvalResult, action: str, resource: str) -> Answer:
    why = (
        "with an explicit deny in an identity-based policy"
        if refused.decision == "Deny"
        else f"because no identity-based policy allows the {action} action"
    )
    message = f"User: {refused.principal_arn} is not authorized to perform: {action} on resource: {resource} {why}"
    return Answer(*error_response_json("AccessDeniedException", message, 403))
