"""What is recorded and told of a back-out: before, after, at its end, and when it does not end."""

from collections.abc import Mapping, Sequence
from typing import Any

from guardrail.core.announcement import Announcement
from guardrail.core.evidence import RecordKind
from guardrail.core.switch_record import SwitchRecord
from guardrail.core.undo import Undo
from guardrail.flows.answer import Answer
from guardrail.flows.back_out_world import World

KIND = "Back-out"
_NAMES = {"response": "the response to drifted runtimes", "policy": "the firewall rules", "insertion": "the gateway"}


def told_begun(
    record: SwitchRecord, before: Mapping[str, Any], undo: Undo, would: Sequence[Mapping[str, str]], world: World
) -> tuple[str, ...]:
    """Record what is about to be changed, and by which calls."""
    body = _facts(record) | {"event": "begun", "before": before, "undo": undo.document(), "would": would}
    return _record(record, "begun", body, world)


def told_held(record: SwitchRecord, answer: Answer, world: World) -> tuple[str, ...]:
    """Record what was changed, and tell people."""
    notes = _record(record, "held", _facts(record) | {"event": "held", **_came_of(answer)}, world)
    lines = (
        f"{_what(record)} is backed out until {record.until_text}, then it comes back by itself.",
        _who(record),
        f"Proof: {answer.proof['status']}. {' '.join(answer.proof.get('effects', []))}",
        *answer.notes,
        "To end it now: guardrail restore. What is in force: guardrail status.",
    )
    return notes + _tell(record, "backed out", lines, answer, world)


def told_ending(record: SwitchRecord, before: dict[str, Any], part: Undo, world: World) -> tuple[str, ...]:
    """Record what is about to be put back."""
    body = _facts(record) | {"event": "ending", "before": before, "undo": part.document()}
    return _record(record, f"ending-{record.version}", body, world)


def told_ended(record: SwitchRecord, answer: Answer, why: str, world: World) -> tuple[str, ...]:
    """Record what was put back, and tell people."""
    notes = _record(record, "ended", _facts(record) | {"event": "ended", "why": why, **_came_of(answer)}, world)
    lines = (f"{_what(record)} is back in force ({why}).", _who(record), *answer.notes)
    return notes + _tell(record, "back in force", lines, answer, world)


def told_stuck(record: SwitchRecord, why: str, world: World) -> tuple[str, ...]:
    """Tell people, once for each reason, that a suspension does not end."""
    answer = Answer(done=False, refused=why)
    notes = _record(record, f"stuck-{record.version}", _facts(record) | {"event": "stuck", "why": why}, world)
    lines = (
        f"{_what(record)} should come back and does not: {why}.",
        "It stays backed out, and is tried again every few minutes. Somebody has to look.",
        _who(record),
    )
    return notes + _tell(record, "does not come back", lines, answer, world)


def told_reminder(record: SwitchRecord, world: World) -> tuple[str, ...]:
    """Tell people that a suspension will end soon."""
    lines = (f"{_what(record)} comes back by itself at {record.until_text}.", _who(record))
    return _tell(record, "ends soon", lines, Answer(), world)


def told_rolled_back(record: SwitchRecord, world: World) -> tuple[str, ...]:
    """Tell people that a back-out died before it changed anything."""
    notes = _record(record, f"rolled-back-{record.version}", _facts(record) | {"event": "rolled back"}, world)
    lines = (f"{_what(record)} was to be backed out, but nothing was changed: ask again.", _who(record))
    return notes + _tell(record, "was not backed out", lines, Answer(done=False), world)


def _facts(record: SwitchRecord) -> dict[str, Any]:
    held = record.suspension
    facts: dict[str, Any] = {"scope": record.scope.value, "target": record.target, "order": dict(record.order or {})}
    if held is None:
        return facts
    return facts | {
        "since": held.since.isoformat(),
        "until": held.until.isoformat(),
        "reason": held.reason,
        "claimed_by": held.claimed_by,
        "caller": held.caller,
    }


def _came_of(answer: Answer) -> dict[str, Any]:
    return {
        "done": answer.done,
        "before": dict(answer.before),
        "after": dict(answer.after),
        "proof": dict(answer.proof),
        "undo": None if answer.undo is None else answer.undo.document(),
    }


def _record(record: SwitchRecord, event: str, body: dict[str, Any], world: World) -> tuple[str, ...]:
    """One record for each event of a suspension, however often it is written."""
    since = record.id.replace(":", "").replace("+0000", "Z")
    return world.note(RecordKind.BACK_OUT, record.name.replace("#", "-"), f"{since}-{event}", body)


def _tell(record: SwitchRecord, event: str, lines: tuple[str, ...], answer: Answer, world: World) -> tuple[str, ...]:
    detail = _facts(record) | {"event": event, "done": answer.done, "proof": dict(answer.proof), "notes": [*lines]}
    title = f"AgentCore guardrail: {record.name} {event}"
    return world.tell(Announcement(KIND, detail, title, lines))


def _what(record: SwitchRecord) -> str:
    return f"{_NAMES[record.scope]} {record.target}".strip().capitalize()


def _who(record: SwitchRecord) -> str:
    """A claim is called one: Lambda does not tell a function who invoked it."""
    held = record.suspension
    if held is None:
        return ""
    claim = f"somebody who claims to be {held.claimed_by}" if held.claimed_by else "somebody who did not say who"
    who = held.caller or f"{claim} (CloudTrail knows)"
    return f"Asked for by {who} at {held.since:%Y-%m-%d %H:%M}Z, because: {held.reason}"
