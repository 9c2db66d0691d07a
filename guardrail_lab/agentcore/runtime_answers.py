"""What the service says about a runtime and its versions."""

from typing import Any

from guardrail_lab.agentcore.clock import written
from guardrail_lab.agentcore.runtime import Runtime, Version

Answer = dict[str, Any]


def described(runtime: Runtime, version: Version, at: float) -> Answer:
    """GetAgentRuntime's answer for one version."""
    status = _status(runtime, version, at)
    return {
        **version.configuration,
        **named(runtime),
        **numbered(version),
        "status": status,
        "createdAt": written(runtime.created_at),
        "lastUpdatedAt": written(version.made_at),
        "workloadIdentityDetails": {"workloadIdentityArn": runtime.workload_identity},
        **({"failureReason": version.failure} if status.endswith("FAILED") else {}),
    }


def named(runtime: Runtime) -> Answer:
    """The three names of a runtime."""
    return {"agentRuntimeArn": runtime.arn, "agentRuntimeId": runtime.id, "agentRuntimeName": runtime.name}


def numbered(version: Version) -> Answer:
    """A version's number, as the wire has it."""
    return {"agentRuntimeVersion": str(version.number)}


def changed(runtime: Runtime) -> Answer:
    """The answer to Create, and with ``lastUpdatedAt`` to Update."""
    newest = runtime.newest
    return {
        "agentRuntimeArn": runtime.arn,
        "agentRuntimeId": runtime.id,
        **numbered(newest),
        "createdAt": written(runtime.created_at),
        # The answer is given before the work begins, however quick that is.
        "status": "CREATING" if newest.number == 1 else "UPDATING",
        "workloadIdentityDetails": {"workloadIdentityArn": runtime.workload_identity},
    }


def summary(runtime: Runtime, version: Version, at: float) -> Answer:
    """One item of a List."""
    return {
        **named(runtime),
        **numbered(version),
        # The model demands one, and forbids an empty one in a request.
        "description": version.configuration.get("description", ""),
        "lastUpdatedAt": written(version.made_at),
        "status": _status(runtime, version, at),
    }


def _status(runtime: Runtime, version: Version, at: float) -> str:
    return runtime.status(at) if version is runtime.newest else version.status(at)
