"""The queue's messages: a CloudTrail event, or a request to look at one runtime or tool."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.tool import TOOL_ID, ToolKind, tool_id_in
from guardrail.core.runtimes.trail import RUNTIME_ID, Kind, TrailEvent, parse_event, parse_short

_LOOK_KEYS = frozenset({"version", "runtime_id", "reason", "attempt"})
_CAUSE, _KIND = "cause", "kind"
_TOOLS = {Kind.BROWSER: ToolKind.BROWSER, Kind.CODE_INTERPRETER: ToolKind.CODE_INTERPRETER}


class Reason(StrEnum):
    """Why something is looked at without an event."""

    SWEEP = "sweep"
    OPERATOR = "operator"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Look:
    """Look at this runtime, or tool.

    Attributes:
        runtime_id: Of a tool, its own id.
        attempt: How often this question was put on the queue, from 1.
        event: The recorded call that led here, or None.
        tool: The kind of tool that it is; None for a runtime.
    """

    runtime_id: str
    reason: Reason | None
    attempt: int = 1
    event: TrailEvent | None = None
    tool: ToolKind | None = None

    @property
    def subject(self) -> str:
        """What it is known by in state and evidence. A tool may have a runtime's id, and no id has a slash."""
        return self.runtime_id if self.tool is None else f"{self.tool}/{self.runtime_id}"

    def again(self) -> "Look":
        """Return the message that asks the same once more; the sweep's question stays the sweep's: it asks for more."""
        reason = Reason.SWEEP if self.reason is Reason.SWEEP else Reason.AGAIN
        return replace(self, reason=reason, attempt=self.attempt + 1, event=None)

    def later(self) -> "Look":
        """Return the message that asks the same later, when nothing has been done about it yet: its cause stays."""
        return replace(self.again(), event=self.event)

    def document(self) -> dict[str, Any]:
        """Return the request as it travels on the queue; of its event only what is read of one."""
        return {
            "version": 1,
            "runtime_id": self.runtime_id,
            "reason": self.reason,
            "attempt": self.attempt,
            **({} if self.tool is None else {_KIND: self.tool.value}),
            **({} if self.event is None else {_CAUSE: self.event.document()}),
        }


def parse_message(document: object, account: str, region: str) -> Look | TrailEvent:
    """Read a message: a `Look` when something has to be read, else the event, which is only for the record.

    Raises:
        InvalidInput: It is neither form, comes from another account or Region, or names what cannot be.
    """
    if isinstance(document, dict) and "detail" in document:
        return _from_event(document, account, region)
    if not isinstance(document, dict) or set(document) - {_CAUSE, _KIND} != _LOOK_KEYS or document["version"] != 1:
        raise InvalidInput("message", "an EventBridge event, or version 1 with runtime_id, reason and attempt")
    runtime_id, reason, attempt = document["runtime_id"], document["reason"], document["attempt"]
    tool = _tool(document[_KIND]) if _KIND in document else None
    if not isinstance(runtime_id, str) or not (TOOL_ID if tool else RUNTIME_ID).fullmatch(runtime_id):
        raise InvalidInput("message.runtime_id", f"an AgentCore {tool.words if tool else 'runtime'} id")
    if reason not in list(Reason):
        raise InvalidInput("message.reason", ", ".join(Reason))
    if not isinstance(attempt, int) or isinstance(attempt, bool) or attempt < 1:
        raise InvalidInput("message.attempt", "an integer from 1")
    cause = parse_short(document[_CAUSE]) if _CAUSE in document else None
    return Look(runtime_id, Reason(reason), attempt, cause, tool)


def _tool(kind: object) -> ToolKind:
    if kind not in list(ToolKind):
        raise InvalidInput("message.kind", ", ".join(ToolKind))
    return ToolKind(str(kind))


def _from_event(document: dict[str, Any], account: str, region: str) -> Look | TrailEvent:
    if document.get("source") != "aws.bedrock-agentcore":  # nobody but the service itself can use this source
        raise InvalidInput("message.source", "aws.bedrock-agentcore")
    event = parse_event(document)
    if (event.account, event.region) != (account, region):
        raise InvalidInput("message", f"an event of account {account} and Region {region}")
    if event.denied:
        return event
    tool = _TOOLS.get(event.kind)
    if tool is not None and (tool_id := tool_id_in(document, tool)):
        return Look(tool_id, None, event=event, tool=tool)
    if event.runtime_id is None and not event.must_name_a_runtime:
        return event
    if event.runtime_id is None:
        raise InvalidInput("message.detail", f"a {event.kind} event that names its runtime")
    return Look(event.runtime_id, None, event=event)
