"""With AUTH=true policies decide AgentCore's control plane too: ministack evaluates only its data plane."""

from collections.abc import Iterator
from typing import Any

from ministack import app
from ministack.app import _credential_failure
from ministack.core.iam_evaluator import AuthError, EvalResult, enforce
from ministack.core.responses import error_response_json, get_account_id, get_region

from guardrail_lab.emulator.agentcore_model import AgentCoreCall
from guardrail_lab.emulator.seam import Answer, Forward, Request


async def authorize(request: Request, forward: Forward) -> Answer:
    """Refuse what an identity policy, a boundary or a session policy of the caller does not allow."""
    call = request.agentcore
    if not app.AUTH or call is None:
        return await forward(request)
    service, action, keys = "bedrock-agentcore", f"bedrock-agentcore:{call.name}", _network_keys(call)
    for resource in _resources(call):
        refused = enforce(request.access_key, action, service, get_region(), resource, keys)
        if isinstance(refused, AuthError):
            return Answer(*_credential_failure(service, action, request.request_id, refused, request.headers))
        if refused is not None:
            return _denial(refused, action, resource)
    return await forward(request)


def _resources(call: AgentCoreCall) -> Iterator[str]:
    """The resources of the service authorization reference: an endpoint's runtime and the endpoint are both checked."""
    runtime_id, endpoint = call.parameters.get("agentRuntimeId"), call.parameters.get("endpointName")
    if "resourceArn" in call.parameters:
        yield call.parameters["resourceArn"]
    elif runtime_id is None or call.name.startswith("List"):
        yield "*"
    else:
        arn = f"arn:aws:bedrock-agentcore:{get_region()}:{get_account_id()}:runtime/{runtime_id}"
        yield arn
        if endpoint is not None:
            yield f"{arn}/runtime-endpoint/{endpoint}"


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
