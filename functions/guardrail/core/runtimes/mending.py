"""The rungs that put a denied runtime right: repair the newest version, then move each endpoint to it."""

import re
from collections.abc import Mapping
from typing import Any

from guardrail.core.runtimes.case import LOOK_AGAIN_SECONDS, Case, wait
from guardrail.core.runtimes.repair import obstacle, repair_call
from guardrail.core.runtimes.runtime import DEFAULT_ENDPOINT, Endpoint
from guardrail.core.runtimes.snapshot import version_number
from guardrail.core.runtimes.step import Call, Step, StepKind

_MOVING = ("CREATING", "UPDATING", "DELETING")
_FAILED = ("CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED")
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,47}")


def unchangeable(case: Case) -> Step | None:
    """Leave a tool to people: AgentCore has no update of one, no policy that denies its sessions, and no undelete."""
    tool = case.snapshot.tool
    if tool is None:
        return None
    return Step(
        StepKind.ESCALATE,
        f"AgentCore cannot change a {tool.words}: create one like it in the landing zone, let its users take that, "
        "then delete this one; until then new sessions can start",
    )


def blocked(case: Case) -> Step | None:
    """Say why the runtime may not be changed: somebody else owns it, it is unknown, or it is not ready."""
    situation, newest = case.situation, case.situation.newest
    if gone := [each for each in case.missing if each.version == case.snapshot.newest]:
        return case.escalation(gone[0].line)
    for what in ("harness", "stack", "newest"):
        if what in situation.unreadable:
            return case.escalation(f"its {_WORDS[what]} could not be read ({situation.unreadable[what]})")
    if situation.harness is not None:
        return case.escalation(
            f"harness {situation.harness} manages it: repair it with UpdateHarness, sending only "
            "environment.agentCoreRuntimeEnvironment: networkConfiguration in the landing zone, lifecycleConfiguration "
            "and filesystemConfigurations as GetHarness has them. AWS does not say that a denial on the runtime also "
            "stops InvokeHarness"
        )
    if situation.stack is not None:
        return case.escalation(
            f"CloudFormation stack {situation.stack} owns it, and its next update would bring the drift back: "
            "repair it in the stack"
        )
    if newest is None or version_number(newest.get("agentRuntimeVersion")) != case.snapshot.newest:
        return wait("it changed while it was read")
    return _unready(case, newest.get("status"))


_WORDS = {"harness": "harness", "stack": "tags", "newest": "newest version"}


def _unready(case: Case, status: object) -> Step | None:
    if status in ("READY", None):
        return None
    if status in ("CREATING", "UPDATING"):
        return wait("AgentCore still makes its newest version")
    return case.escalation(f"its newest version is {status}" if status in _FAILED else "its status is not known here")


def repair(case: Case) -> Step | None:
    """Make a new version in the landing zone when the newest one breaks a rule."""
    newest, number = case.situation.newest, case.snapshot.newest
    version = None if number is None else case.snapshot.versions.get(number)
    if not case.newest_acts or newest is None or version is None:
        return None
    runtime_id = case.snapshot.runtime_id
    wipes = case.policy.may_wipe_session_storage
    reason = obstacle(newest, case.situation.updatable, may_wipe_session_storage=wipes)
    if refused := case.refusal(StepKind.REPAIR_NETWORK, version.number):
        reason = f"AgentCore refuses the repair ({refused})"
    elif case.begun(StepKind.REPAIR_NETWORK) >= case.policy.attempts:
        reason = "it was repaired as often as the guardrail may, and drifted again"
    if reason is not None or runtime_id is None:
        return case.escalation(reason or "its id is not known")
    return Step(
        StepKind.REPAIR_NETWORK,
        f"version {version.number}, the newest, breaks a rule",
        repair_call(newest, runtime_id, version, case.policy.zone),
        version=version.number,
        delay_seconds=LOOK_AGAIN_SECONDS,
        seen={m: newest[m] for m in ("agentRuntimeVersion", "lastUpdatedAt") if isinstance(newest.get(m), str)},
    )


def move(case: Case) -> Step | None:
    """Move the first endpoint that can be moved; then name those that cannot; then wait for those under way."""
    number = case.snapshot.newest
    version = None if number is None else case.snapshot.versions.get(number)
    if number is None or version is None or version.placement.malformed:
        return wait("the newest version, where the endpoints belong, could not be read")
    broken = {violation.version for violation in case.acting}
    items = {name: item for item in case.situation.endpoints if isinstance(name := item.get("name"), str)}
    stuck: list[str] = []
    for endpoint in sorted(case.snapshot.endpoints, key=lambda each: each.name):
        item = items.get(endpoint.name, {})
        stays = endpoint.name == DEFAULT_ENDPOINT or not broken & {endpoint.live, endpoint.target}
        if (stays and endpoint.name not in case.stranded) or _follows(endpoint, item, number):
            continue
        why = _immovable(case, endpoint, item, number)
        if why is None:
            return _moved(case, endpoint, item, number)
        stuck.append(f"endpoint {endpoint.name} {why}")
    return case.escalation("; ".join(stuck)) if stuck else None


def _follows(endpoint: Endpoint, item: Mapping[str, Any], number: int) -> bool:
    """Whether the service is at work on it, or about to be."""
    status = item.get("status")
    return status in _MOVING or (endpoint.target == number and status not in _FAILED)


def _immovable(case: Case, endpoint: Endpoint, item: Mapping[str, Any], number: int) -> str | None:
    status = item.get("status")
    if endpoint.name == DEFAULT_ENDPOINT:
        return "serves a version that no longer exists, and only AgentCore moves it"
    if refused := case.refusal(StepKind.MOVE_ENDPOINT, number, endpoint.name):
        return f"cannot be moved to version {number} ({refused})"
    if case.begun(StepKind.MOVE_ENDPOINT, endpoint.name) >= case.policy.attempts:
        return "was moved as often as the guardrail may, and moved back"
    if status not in ("READY", None):
        return f"is {status}" if status in _FAILED else "has a status that is not known here"
    if case.snapshot.runtime_id is None or not _NAME.fullmatch(endpoint.name):
        return "cannot be named in a request"
    return None


def _moved(case: Case, endpoint: Endpoint, item: Mapping[str, Any], number: int) -> Step:
    """The call has no token of ours: a service that remembers tokens would ignore a second move back and forth."""
    description = item.get("description")
    kept = {"description": description} if isinstance(description, str) and description else {}
    what = "no longer exists" if endpoint.name in case.stranded else "breaks a rule"
    parameters = {
        "agentRuntimeId": case.snapshot.runtime_id,
        "endpointName": endpoint.name,
        "agentRuntimeVersion": str(number),
        **kept,
    }
    return Step(
        StepKind.MOVE_ENDPOINT,
        f"endpoint {endpoint.name} still leads to a version that {what}",
        Call("UpdateAgentRuntimeEndpoint", parameters),
        version=number,
        endpoint=endpoint.name,
        delay_seconds=0,
        seen={member: _text(item.get(member)) for member in ("liveVersion", "targetVersion", "description")},
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
