"""AWS's own answers about a runtime -> its Situation; what is no answer becomes unreadable, never absent."""

from dataclasses import replace
from typing import Any

from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.situation import Situation
from guardrail.core.runtimes.snapshot import Answer, parse_snapshot, version_number

STACK_TAG = "aws:cloudformation:stack-name"


def parse_situated(document: object, updatable: frozenset[str] | None = None) -> Snapshot:
    """Read a snapshot with its situation.

    Args:
        document: A snapshot, and beside it `resource_policy` (the text), `tags` (ListTagsForResource's answer) and
            `harness` (an id), each absent or null when there is none, and `{"error": "<code>"}` when it could not be
            read. Answers are whole, their dates ISO 8601 text.
        updatable: The members that the SDK's UpdateAgentRuntime takes; None when not known.

    Raises:
        InvalidInput: It is no snapshot.
    """
    snapshot = parse_snapshot(document)
    if not isinstance(document, dict):
        return snapshot
    unreadable: dict[str, str] = {}
    endpoints = document.get("endpoints")
    situation = Situation(
        newest=_newest(document, snapshot.newest, unreadable),
        endpoints=tuple(item for item in endpoints if isinstance(item, dict)) if isinstance(endpoints, list) else (),
        resource_policy=_part(document.get("resource_policy"), "resource_policy", str, unreadable),
        stack=_part(_stack(document.get("tags")), "stack", str, unreadable),
        harness=_part(document.get("harness"), "harness", str, unreadable),
        unreadable=unreadable,
        updatable=updatable,
    )
    return replace(snapshot, situation=situation)


def _stack(answer: object) -> object:
    """The name of the stack in ListTagsForResource's answer, or what stands in the place of one of them."""
    if not isinstance(answer, dict) or answer.keys() != {"tags"}:
        return answer
    tags = answer["tags"]
    return tags.get(STACK_TAG) if isinstance(tags, dict) else tags


def _part(value: object, name: str, kind: type, unreadable: dict[str, str]) -> Any:
    """The value, or None when there is none or when it could not be read, which is noted."""
    if value is None or isinstance(value, kind):
        return value
    code = value.get("error") if isinstance(value, dict) else None
    unreadable[name] = code if isinstance(code, str) and code else "not understood"
    return None


def _newest(document: Answer, newest: int | None, unreadable: dict[str, str]) -> Answer | None:
    """GetAgentRuntime's answer for the newest version, with the runtime's status, which is what changes."""
    runtime, versions = _answer(document.get("runtime")), document.get("versions")
    current = runtime if runtime and version_number(runtime.get("agentRuntimeVersion")) == newest else None
    answer = (_answer(versions.get(str(newest))) if isinstance(versions, dict) else None) or current
    if answer is None or newest is None:
        unreadable["newest"] = "not read"
        return None
    return {**answer, **({"status": current["status"]} if current and "status" in current else {})}


def _answer(value: object) -> Answer | None:
    return value if isinstance(value, dict) and "error" not in value else None
