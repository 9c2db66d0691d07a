"""The file that takes a direct order back: written before the call, never overwritten by a later state."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.switch import Scope
from guardrail.core.undo import Undo, parse_undo
from guardrail_cli.source import Source
from guardrail_cli.written_file import write_file

_TEXTS = ("url", "target", "since", "reason")


class Phase(StrEnum):
    """How far the order has got."""

    BEGUN = "begun"
    """The call may have been made or not."""
    HELD = "held"
    """The controller says that it is done."""
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Held:
    """One order, and what takes it back.

    Attributes:
        url: The controller's address.
        target: The gateway's name for insertion, else what our rules' names start with.
        order: What tells it from other orders.
        since: ISO 8601, UTC.
        before: What was there before the change, as the answer shows it.
        after: What is there since; empty until it is held.
    """

    url: str
    scope: Scope
    target: str
    order: Mapping[str, Any]
    since: str
    reason: str
    claimed_by: str | None
    phase: Phase
    undo: Undo
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)

    def same_as(self, other: "Held") -> bool:
        """Say whether both ask for the same of the same."""
        mine, theirs = ((each.url, each.scope, each.target, dict(each.order)) for each in (self, other))
        return mine == theirs

    def at(self, phase: Phase) -> "Held":
        """Return it in another phase."""
        return replace(self, phase=phase)

    def write(self, path: str) -> None:
        """Keep it.

        Raises:
            GuardrailError: It cannot be written.
        """
        shown = {"before": dict(self.before), "after": dict(self.after)}
        write_file(path, {"version": 1, **self.document(), "undo": self.undo.document(), **shown})

    def document(self) -> dict[str, Any]:
        """Return what people ask of it, as JSON values."""
        return {
            "url": self.url,
            "scope": self.scope.value,
            "target": self.target,
            "order": dict(self.order),
            "since": self.since,
            "reason": self.reason,
            "claimed_by": self.claimed_by,
            "phase": self.phase.value,
        }


def read_undo_file(path: str) -> Held | None:
    """Read an undo file; None if there is none.

    Raises:
        GuardrailError: It cannot be read, or holds something else.
    """
    if not Path(path).exists():
        return None
    source = Source(path)
    with source.blamed():
        return _parsed(source.read())


def _parsed(document: object) -> Held:
    expected = "what a back-out straight at a controller has kept, version 1"
    if not isinstance(document, Mapping) or document.get("version") != 1:
        raise InvalidInput("undo file", expected)
    claimed, order = document.get("claimed_by"), document.get("order")
    texts = [document.get(name) for name in _TEXTS]
    if not all(isinstance(text, str) for text in texts) or not isinstance(order, Mapping):
        raise InvalidInput("undo file", expected)
    if document.get("scope") not in list(Scope) or document.get("phase") not in list(Phase):
        raise InvalidInput("undo file", expected)
    before, after = document.get("before", {}), document.get("after", {})
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        raise InvalidInput("undo file", expected)
    url, target, since, reason = map(str, texts)
    return Held(
        url,
        Scope(document["scope"]),
        target,
        order,
        since,
        reason,
        None if claimed is None else str(claimed),
        Phase(document["phase"]),
        parse_undo("undo", document.get("undo")),
        before,
        after,
    )
