"""One message of the queue: a look at a runtime, an event for the record only, or one that nobody can handle."""

import json
from dataclasses import dataclass
from datetime import datetime

from guardrail.core.errors import InvalidInput
from guardrail.core.evidence import EvidenceRecord, RecordKind, digest
from guardrail.core.runtimes.message import Look, parse_message
from guardrail.core.runtimes.response import ResponsePolicy
from guardrail.core.runtimes.trail import TrailEvent
from guardrail.flows.runtime_world import World
from guardrail.flows.verify_runtime import verify_runtime


@dataclass(frozen=True, slots=True)
class Handled:
    """What one message led to: the text of the log line about it, its fields, and what to count."""

    text: str
    fields: dict[str, object]
    count: str


def handle_message(body: str, policy: ResponsePolicy, world: World) -> Handled:
    """Handle one message. One of the wrong form goes to the dead letters at once: it would never get better.

    Raises:
        GatewayError: A system failed; the message must come back.
    """
    try:
        message = parse_message(_json(body), policy.zone.account, policy.zone.region)
    except InvalidInput as error:
        world.queue.bury(body, str(error))
        return Handled("message refused", {"why": str(error)}, "MessagesRefused")
    if isinstance(message, TrailEvent):
        return _record(message, world)
    return _verify(message, policy, world)


def _json(body: str) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidInput("message", "JSON") from None


def _record(event: TrailEvent, world: World) -> Handled:
    """Keep an attempt that IAM stopped, or a change of something that is not judged yet."""
    kind = RecordKind.DENIED_ATTEMPT if event.denied else RecordKind.NOT_JUDGED
    name = event.event_id or digest(event.document()).removeprefix("sha256:")
    world.evidence.append(EvidenceRecord(kind, event.kind.value, name, world.clock(), {"cause": event.document()}))
    fields: dict[str, object] = {"record": kind.value, "action": event.action, "kind": event.kind.value}
    return Handled("event recorded", fields, "EventsRecorded")


def _verify(look: Look, policy: ResponsePolicy, world: World) -> Handled:
    outcome = verify_runtime(look, policy, world)
    fields: dict[str, object] = {
        "runtime_id": look.subject,
        "did": outcome.did,
        "compliance": outcome.compliance,
        "rules": list(outcome.rules),
        "step": outcome.step.value,
        "attempt": look.attempt,
        "looks_again": outcome.looks_again,
    }
    if look.event is not None:
        fields["event_age_seconds"] = _age_seconds(look.event, world.clock())
    return Handled("runtime judged", fields, outcome.compliance or "LooksPostponed")


def _age_seconds(event: TrailEvent, now: datetime) -> float | None:
    return None if event.at is None else round((now - event.at).total_seconds(), 1)
