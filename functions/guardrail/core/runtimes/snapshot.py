"""AgentCore's own answers, untouched -> a Snapshot. What has no known meaning becomes unread, never a guess."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.placement import parse_placement
from guardrail.core.runtimes.runtime import Endpoint, RuntimeVersion, Snapshot, Unread
from guardrail.core.runtimes.tool import ToolKind

Answer = dict[str, Any]
"""One answer of AgentCore's API, as JSON values."""

_VERSION = re.compile(r"[1-9][0-9]{0,4}")
_ID_IN_ARN = re.compile(r":runtime/([^/]+)")
_PARTS = frozenset({"runtime", "endpoints", "versions"})
_TRANSITIONS = frozenset({"CREATING", "UPDATING", "DELETING"})
_GIVEN_UP = ("CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED")


def parse_snapshot(document: object) -> Snapshot:
    """Read a snapshot: `{"account", "region", "runtime", "endpoints", "versions"}` as docs/reference.md defines it.

    That of a tool (`tool_snapshot_document`) has its `kind` beside them.

    Raises:
        InvalidInput: The document is not an object, lacks account or Region, or a part is neither what
            AgentCore answers nor `{"error": "<code>"}`.
    """
    if not isinstance(document, dict) or not document.keys() & _PARTS:
        raise InvalidInput("snapshot", "an object with account, region, runtime, endpoints and versions")
    unread: list[Unread] = []
    answers, unread_versions = _answers(document, unread)
    endpoint_items = _endpoint_items(document.get("endpoints", {"error": "missing"}), unread)
    endpoints = tuple(_endpoint(item, unread) for item in endpoint_items)
    named = [number for endpoint in endpoints for number in (endpoint.live, endpoint.target) if number is not None]
    numbers = [*answers, *unread_versions, *named]
    sources = [document.get("runtime"), *(answers[number] for number in sorted(answers)), *endpoint_items]
    return Snapshot(
        account=_required_text(document, "account"),
        region=_required_text(document, "region"),
        runtime_id=_first_text(sources, "agentRuntimeId") or _id_in_arn(_first_text(sources, "agentRuntimeArn")),
        runtime_arn=_first_text(sources, "agentRuntimeArn"),
        name=_first_text(sources, "agentRuntimeName"),
        endpoints=endpoints,
        versions={number: parse_version(number, answers[number]) for number in sorted(answers)},
        unread_versions=unread_versions,
        newest=max(numbers, default=None),
        unread=tuple(sorted(set(unread))),
        in_transition=_in_transition(document.get("runtime"), endpoint_items, endpoints),
        tool=_tool(document.get("kind")),
    )


def _tool(kind: object) -> ToolKind | None:
    if kind is not None and kind not in list(ToolKind):
        raise InvalidInput("snapshot.kind", ", ".join(ToolKind))
    return None if kind is None else ToolKind(str(kind))


def version_number(value: object) -> int | None:
    """Return a version as an integer, or None when it is not one: AgentCore's versions are 1 to 99999."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if 0 < value < 100_000 else None
    return int(value) if isinstance(value, str) and _VERSION.fullmatch(value) else None


def _answers(document: Answer, unread: list[Unread]) -> tuple[dict[int, Answer], dict[int, str]]:
    """The GetAgentRuntime answers by version, and why others are missing. `runtime` stands for its own version."""
    answers: dict[int, Answer] = {}
    unread_versions: dict[int, str] = {}
    versions = document.get("versions", {})
    if not isinstance(versions, dict):
        raise InvalidInput("snapshot.versions", "an object of GetAgentRuntime answers by version")
    if _error(versions) is None:
        for key, answer in versions.items():
            number = version_number(key)
            if number is None:
                raise InvalidInput("snapshot.versions", "keys that are versions: 1 to 99999")
            error = _error(answer)
            if error is None:
                answers[number] = answer
            else:
                unread_versions[number] = error
    runtime = document.get("runtime", {"error": "missing"})
    error = _error(runtime)
    own = None if error else version_number(runtime.get("agentRuntimeVersion"))
    if own is None:
        unread.append(Unread("runtime", error or "agentRuntimeVersion is not an integer"))
    else:
        answers.setdefault(own, runtime)
        unread_versions.pop(own, None)
    return answers, unread_versions


def _endpoint_items(value: object, unread: list[Unread]) -> list[Answer]:
    if isinstance(value, dict) and (error := _error(value)):
        unread.append(Unread("endpoints", error))
        return []
    if not isinstance(value, list):
        raise InvalidInput("snapshot.endpoints", "a list of ListAgentRuntimeEndpoints items")
    items = []
    for item in value:
        error = _error(item)
        if error is None:
            items.append(item)
        else:
            name = item.get("name") if isinstance(item, dict) else None
            unread.append(Unread(f"endpoint {name}" if isinstance(name, str) else "endpoints", error))
    return items


def _endpoint(item: Answer, unread: list[Unread]) -> Endpoint:
    name = item.get("name")
    name = name if isinstance(name, str) else "?"
    endpoint = Endpoint(name, version_number(item.get("liveVersion")), version_number(item.get("targetVersion")))
    if endpoint.live is None or endpoint.target is None:
        _doubt(item, endpoint, unread)
    return endpoint


def _doubt(item: Answer, endpoint: Endpoint, unread: list[Unread]) -> None:
    """One of two versions may be absent; both may not, and none may be something else than an integer."""
    pairs = ((item.get("liveVersion"), endpoint.live), (item.get("targetVersion"), endpoint.target))
    if any(value is not None and number is None for value, number in pairs):
        unread.append(Unread(f"endpoint {endpoint.name}", "a version is not an integer"))
    elif endpoint.live is None and endpoint.target is None:
        unread.append(Unread(f"endpoint {endpoint.name}", "it names no version"))


def parse_version(number: int, answer: Answer) -> RuntimeVersion:
    """Read what matters of a GetAgentRuntime answer: placement, age, and how long sessions live."""
    lifecycle = answer.get("lifecycleConfiguration")
    lifetime = lifecycle.get("maxLifetime") if isinstance(lifecycle, dict) else None
    known = isinstance(lifetime, int) and not isinstance(lifetime, bool)
    return RuntimeVersion(
        number, parse_placement(answer), _time(answer.get("createdAt")), max_lifetime=lifetime if known else None
    )


def _error(answer: object) -> str | None:
    """Why an answer is missing: `{"error": code}` in its place, or something that is no answer at all."""
    if not isinstance(answer, dict):
        return "not an object"
    if "error" not in answer:
        return None
    code = answer["error"]
    return code if isinstance(code, str) and code else "unknown error"


def _time(value: object) -> datetime | None:
    """A point in time from what JSON or the SDK makes of a timestamp; one without an offset is UTC."""
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            value = datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _in_transition(runtime: object, items: list[Answer], endpoints: tuple[Endpoint, ...]) -> bool:
    statuses = [answer.get("status") for answer in (runtime, *items) if isinstance(answer, dict)]
    moving = any(
        endpoint.target not in (None, endpoint.live) and item.get("status") not in _GIVEN_UP
        for item, endpoint in zip(items, endpoints, strict=True)
    )
    return moving or any(isinstance(status, str) and status in _TRANSITIONS for status in statuses)


def _first_text(answers: Iterable[object], member: str) -> str | None:
    for answer in answers:
        value = answer.get(member) if isinstance(answer, dict) else None
        if isinstance(value, str):
            return value
    return None


def _id_in_arn(arn: str | None) -> str | None:
    found = _ID_IN_ARN.search(arn or "")
    return found.group(1) if found else None


def _required_text(document: Answer, key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"snapshot.{key}", "a string")
    return value
