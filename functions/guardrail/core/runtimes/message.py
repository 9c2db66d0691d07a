"""The queue's messages: a CloudTrail event, or a request to look at one runtime."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.trail import RUNTIME_ID, TrailEvent, parse_event

_LOOK_KEYS = frozenset({"version", "runtime_id", "reason", "attempt"})


class Reason(StrEnum):
    """Why a runtime is looked at without an event."""

    SWEEP = "sweep"
    OPERATOR = "operator"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Look:
    """Look at this runtime.

    Attributes:
        attempt: How often this question was put on the queue, from 1.
        event: The recorded call that led here, or None.
    """

    runtime_id: str
    reason: Reason | None
    attempt: int = 1
    event: TrailEvent | None = None

    def again(self) -> "Look":
        """Return the message that asks the same once more; the sweep's question stays the sweep's: it asks for more."""
        return Look(self.runtime_id, Reason.SWEEP if self.reason is Reason.SWEEP else Reason.AGAIN, self.attempt + 1)

    def document(self) -> dict[str, Any]:
        """Return the request as it travels on the queue."""
        return {"version": 1, "runtime_id": self.runtime_id, "reason": self.reason, "attempt": self.attempt}


def parse_message(document: object, account: str, region: str) -> Look | TrailEvent:
    """Read a message: a `Look` when a runtime has to be read, else the event, which is only for the record.

    Raises:
        InvalidInput: It is neither form, comes from another account or Region, or names a runtime that cannot be.
    """
    if isinstance(document, dict) and "detail" in document:
        return _from_event(document, account, region)
    if not isinstance(document, dict) or set(document) != _LOOK_KEYS or document["version"] != 1:
        raise InvalidInput("message", "an EventBridge event, or version 1 with runtime_id, reason and attempt")
    runtime_id, reason, attempt = document["runtime_id"], document["reason"], document["attempt"]
    if not isinstance(runtime_id, str) or not RUNTIME_ID.fullmatch(runtime_id):
        raise InvalidInput("message.runtime_id", "an AgentCore runtime id")
    if reason not in list(Reason):
        raise InvalidInput("message.reason", ", ".join(Reason))
    if not isinstance(attempt, int) or isinstance(attempt, bool) or attempt < 1:
        raise InvalidInput("message.attempt", "an integer from 1")
    return Look(runtime_id, Reason(reason), attempt)


def _from_event(document: dict[str, Any], account: str, region: str) -> Look | TrailEvent:
    if document.get("source") != "aws.bedrock-agentcore":  # nobody but the service itself can use this source
        raise InvalidInput("message.source", "aws.bedrock-agentcore")
    event = parse_event(document)
    if (event.account, event.region) != (account, region):
        raise InvalidInput("message", f"an event of account {account} and Region {region}")
    if event.denied or (event.runtime_id is None and not event.must_name_a_runtime):
        return event
    if event.runtime_id is None:
        raise InvalidInput("message.detail", f"a {event.kind} event that names its runtime")
    return Look(event.runtime_id, None, event=event)
