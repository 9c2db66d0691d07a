"""Firewall drift: a controller has something else than the pack says. Told to machines and to people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from guardrail.core.firewall.plan import Change, ChangeAction

DETAIL_TYPE = "Firewall Drift"
MOST_LISTED = 50
"""Changes in one finding; EventBridge and SNS refuse long ones. All of them stand in the evidence."""
WHO = "Who did it is unknown here: the controller's API does not say, its own audit log does."
_LONGEST_WORD = 40


class DriftState(StrEnum):
    """What became of a drift."""

    FOUND = "found"
    HEALED = "healed"
    HALF_HEALED = "healed-in-part"
    WAITING = "waits-for-change-window"
    SUSPENDED = "suspended"
    REFUSED = "refused"
    UNSTABLE = "keeps-coming-back"
    OVER = "over"


_TOLD = {
    DriftState.FOUND: "Nothing was changed: healing is off (context firewall.heal).",
    DriftState.HEALED: "It was put back as the pack says.",
    DriftState.HALF_HEALED: "It was put back in part: what lets more through waits, or somebody else wrote too.",
    DriftState.WAITING: "Nothing was changed: to heal it would let more through, and the change window is closed.",
    DriftState.SUSPENDED: "Nothing was changed: the switch of the rules is backed out. guardrail restore ends that.",
    DriftState.REFUSED: "Nothing was changed: the plan was refused.",
    DriftState.UNSTABLE: "Nothing was changed: it comes back each time. Find who else writes these rules.",
    DriftState.OVER: "The controller has what the pack says again; the guardrail did not change it.",
}

_SEEN = {
    ChangeAction.CREATE: "missing",
    ChangeAction.DELETE: "not in the pack",
    ChangeAction.UPDATE: "changed",
}


@dataclass(frozen=True, slots=True)
class Drift:
    """What was found, and what became of it.

    Attributes:
        controller: Its host, and port if it is not the usual one.
        pack, digest: Which pack version it was compared with.
        refused: Why the plan was refused, or None.
        evidence: Where the evidence record is, such as `s3://bucket/key`; "" when there is none.
        at: When it was seen (UTC).
    """

    state: DriftState
    controller: str
    pack: str
    digest: str
    changes: Sequence[Change]
    loosens: Sequence[str]
    refused: str | None
    evidence: str
    at: datetime

    def document(self) -> dict[str, Any]:
        """Return the detail of the `Firewall Drift` event."""
        return {
            "version": 1,
            "controller": self.controller,
            "pack": {"name": self.pack, "digest": self.digest},
            "at": self.at.isoformat(),
            "state": self.state.value,
            "changes": [_change_document(change) for change in self.changes[:MOST_LISTED]],
            "not_listed": max(0, len(self.changes) - MOST_LISTED),
            "loosens": list(self.loosens[:MOST_LISTED]),
            "refused": self.refused,
            "who": {"actor": "unknown", "why": WHO},
            "evidence": self.evidence or None,
        }

    def subject(self) -> str:
        """Return a line of at most 100 ASCII characters, as SNS wants it."""
        line = _line(f"Firewall drift {self.state} on {self.controller}")
        return line.encode("ascii", "replace").decode()[:100]

    def message(self) -> str:
        """Return what somebody who is woken up needs: what differs, what was done, where the evidence is."""
        paragraphs = [
            [f"Controller {self.controller}, pack {self.pack} ({self.digest})."],
            self._change_lines(),
            [_TOLD[self.state], *([f"Refused: {self.refused}"] if self.refused else [])],
            [f"Seen {self.at:%Y-%m-%d %H:%M:%SZ}. {WHO}"],
            [f"Evidence: {self.evidence}"] if self.evidence else [],
        ]
        return "\n\n".join("\n".join(map(_line, lines)) for lines in paragraphs if lines)

    def _change_lines(self) -> list[str]:
        lines = [_change_line(change) for change in self.changes[:MOST_LISTED]]
        more = len(self.changes) - len(lines)
        return [*lines, f"and {more} more"] if more else lines


def _change_document(change: Change) -> dict[str, Any]:
    return {"action": change.action.value, "address": change.address, "fields": _fields(change)}


def _change_line(change: Change) -> str:
    fields = [
        f"{name} is {told['live']}, expected {told['pack']}" if told else name for name, told in _fields(change).items()
    ]
    return f"{change.address}: {_SEEN[change.action]}" + (f" ({'; '.join(fields)})" if fields else "")


def _fields(change: Change) -> dict[str, dict[str, Any] | None]:
    """Return what differs, with both values if they are words; lists of names and addresses stay in the evidence."""
    if change.before is None or change.after is None:
        return {}
    before, after = change.before, change.after
    names = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    return {
        name: {"live": before.get(name), "pack": after.get(name)}
        if _is_word(before.get(name)) and _is_word(after.get(name))
        else None
        for name in names
    }


def _is_word(value: object) -> bool:
    return value is None or isinstance(value, bool | int) or (isinstance(value, str) and len(value) <= _LONGEST_WORD)


def _line(text: str) -> str:
    """Without control characters and line ends: a controller's data must not steer a terminal or add a line."""
    return "".join(character for character in text if character.isprintable())
