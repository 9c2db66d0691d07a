"""Deleting stops where AgentCore stops it: ministack deletes DEFAULT, used runtimes, and all versions for one."""

from ministack.core.responses import error_response_json, json_response
from ministack.services.bedrock_agentcore import _endpoints, _runtimes

from guardrail_lab.emulator.seam import Answer, Forward, Request


async def guard_deletions(request: Request, forward: Forward) -> Answer:
    """Refuse with ConflictException, or delete the one version that was named.

    That the newest version and one an endpoint serves cannot be deleted is our assumption; it is not documented.
    """
    call = request.agentcore
    if call is None or not call.name.startswith("DeleteAgentRuntime"):
        return await forward(request)
    runtime_id, version = call.parameters["agentRuntimeId"], call.parameters.get("agentRuntimeVersion")
    endpoints = _endpoints.get(runtime_id) or {}
    if call.name == "DeleteAgentRuntimeEndpoint":
        if call.parameters["endpointName"] == "DEFAULT":
            return _conflict("The DEFAULT endpoint cannot be deleted")
    elif version is not None and runtime_id in _runtimes:
        return _delete_version(runtime_id, version)
    elif set(endpoints) - {"DEFAULT"}:
        return _conflict("The runtime has endpoints; delete them first")
    return await forward(request)


def _delete_version(runtime_id: str, version: str) -> Answer:
    versions = _runtimes[runtime_id]["_versions"]
    endpoints = _endpoints[runtime_id].values()
    used = {endpoint[which] for endpoint in endpoints for which in ("liveVersion", "targetVersion")}
    if version not in versions:
        return Answer(*error_response_json("ResourceNotFoundException", f"Version {version} not found", 404))
    if version in used | {_runtimes[runtime_id]["agentRuntimeVersion"]}:
        return _conflict(f"Version {version} is in use")
    del versions[version]
    return Answer(*json_response({"status": "DELETING", "agentRuntimeId": runtime_id, "agentRuntimeVersion": version}))


def _conflict(message: str) -> Answer:
    return Answer(*error_response_json("ConflictException", message, 409))
