"""What AgentCore would make of a call, on a snapshot document: each version READY at once, DEFAULT following."""

from collections.abc import Callable
from typing import Any

from guardrail.core.runtimes.runtime import DEFAULT_ENDPOINT, Snapshot
from guardrail.core.runtimes.step import Call

Document = dict[str, Any]

_SETTLING = ("CREATING", "UPDATING")


def after(call: Call, document: Document, snapshot: Snapshot) -> Document:
    """Return the document that the guardrail would read when the call has taken effect.

    Args:
        snapshot: What was read of the document, with its situation.
    """
    return _EFFECTS[call.operation](call, document, snapshot)


def settled(document: Document, snapshot: Snapshot) -> Document:
    """Return the document when AgentCore has ended what it is at; the same one when it is at nothing."""
    runtime = document.get("runtime")
    changed = {**document, "endpoints": _endpoints(document, lambda item: _arrived(item, snapshot.newest))}
    return {**changed, "runtime": _ready(runtime)} if isinstance(runtime, dict) else changed


def _put_policy(call: Call, document: Document, _snapshot: Snapshot) -> Document:
    return {**document, "resource_policy": call.parameters["policy"]}


def _delete_policy(_call: Call, document: Document, _snapshot: Snapshot) -> Document:
    return {**document, "resource_policy": None}


def _update(call: Call, document: Document, snapshot: Snapshot) -> Document:
    """A new version from nothing but the request; the old one stays for the endpoints that serve it."""
    situation, number = snapshot.situation, snapshot.newest
    if situation is None or situation.newest is None or number is None:
        return document
    named = ("agentRuntimeArn", "agentRuntimeName", "createdAt", "workloadIdentityDetails")
    sent = {member: value for member, value in call.parameters.items() if member != "clientToken"}
    kept = {member: situation.newest[member] for member in named if member in situation.newest}
    made = {**kept, **sent, "agentRuntimeVersion": str(number + 1), "status": "READY"}
    versions = document.get("versions")
    versions = versions if isinstance(versions, dict) and "error" not in versions else {}
    return {
        **document,
        "runtime": made,
        "versions": {**versions, str(number): situation.newest},
        "endpoints": _endpoints(document, lambda item: _serving(item, DEFAULT_ENDPOINT, str(number + 1))),
    }


def _move(call: Call, document: Document, _snapshot: Snapshot) -> Document:
    name, version = call.parameters["endpointName"], call.parameters["agentRuntimeVersion"]
    return {**document, "endpoints": _endpoints(document, lambda item: _serving(item, name, version))}


_EFFECTS: dict[str, Callable[[Call, Document, Snapshot], Document]] = {
    "PutResourcePolicy": _put_policy,
    "DeleteResourcePolicy": _delete_policy,
    "UpdateAgentRuntime": _update,
    "UpdateAgentRuntimeEndpoint": _move,
}


def _endpoints(document: Document, change: Callable[[Document], Document]) -> Any:
    endpoints = document.get("endpoints", {"error": "missing"})
    if not isinstance(endpoints, list):
        return endpoints
    return [change(item) if isinstance(item, dict) and "error" not in item else item for item in endpoints]


def _serving(item: Document, name: str, version: str) -> Document:
    if item.get("name") != name:
        return item
    return {**item, "liveVersion": version, "targetVersion": version, "status": "READY"}


def _ready(answer: Document) -> Document:
    return {**answer, "status": "READY"} if answer.get("status") in _SETTLING else answer


def _arrived(item: Document, newest: int | None) -> Document:
    """The endpoint when it serves its target, which is the newest version for DEFAULT."""
    if item.get("status") not in (*_SETTLING, "READY", None):
        return item
    target = str(newest) if item.get("name") == DEFAULT_ENDPOINT and newest else item.get("targetVersion")
    arrived = _ready(item)
    return arrived if target is None else {**arrived, "liveVersion": target, "targetVersion": target}
