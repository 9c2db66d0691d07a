"""What the back-out function answers, and the command over it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from guardrail.core.firewall.routes import Proof
from guardrail.core.undo import Undo


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one scope.

    Attributes:
        until: When it ends by itself; None when it does not, or has ended.
        proof: `status` and `routes`, and `effects` for rules.
        notes: What somebody should know who relies on it.
        refused: Why it was not done; nothing was changed.
        failed: Which system failed; what is unfinished, the next call or the regular check takes up.
        would: The calls that a dry run would have made; None if it was none.
        more: Further members.
    """

    done: bool = True
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    until: datetime | None = None
    proof: Mapping[str, Any] = field(default_factory=lambda: proof(Proof.ACCEPTED))
    undo: Undo | None = None
    notes: tuple[str, ...] = ()
    refused: str | None = None
    failed: str | None = None
    would: tuple[Mapping[str, str], ...] | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    def document(self, *, calls: int, caller: str | None) -> dict[str, Any]:
        """Return it as JSON values.

        Args:
            calls: How many calls were made to the controller, logins excluded.
            caller: Who AWS says the caller is, if it does.
        """
        return {
            "done": self.done,
            "before": dict(self.before),
            "after": dict(self.after),
            "calls": calls,
            "until": None if self.until is None else self.until.isoformat(),
            "proof": dict(self.proof),
            "caller": caller,
            "undo": None if self.undo is None else self.undo.document(),
            "notes": list(self.notes),
            "refused": self.refused,
            "failed": self.failed,
            "would": None if self.would is None else [dict(call) for call in self.would],
            **self.more,
        }


def proof(status: Proof, **members: Any) -> dict[str, Any]:
    """Return a proof as JSON values."""
    return {"status": status.value, "routes": [], **members}


def together(answers: Mapping[str, Answer]) -> Answer:
    """Return the answers of several scopes as one; of one, that one."""
    if len(answers) == 1:
        return next(iter(answers.values()))
    undone = {name: each.undo.document() for name, each in answers.items() if each.undo is not None}
    return Answer(
        done=all(each.done for each in answers.values()),
        before={name: each.before for name, each in answers.items()},
        after={name: each.after for name, each in answers.items()},
        until=max((each.until for each in answers.values() if each.until is not None), default=None),
        proof=_proofs(answers),
        notes=tuple(f"{name}: {note}" for name, each in answers.items() for note in each.notes),
        refused="; ".join(each.refused for each in answers.values() if each.refused) or None,
        failed="; ".join(each.failed for each in answers.values() if each.failed) or None,
        would=tuple(call for each in answers.values() for call in each.would or ()) if _dry(answers) else None,
        more={"undo": undone or None},
    )


def _dry(answers: Mapping[str, Answer]) -> bool:
    return any(each.would is not None for each in answers.values())


def _proofs(answers: Mapping[str, Answer]) -> dict[str, Any]:
    """The worst status counts."""
    worst = [Proof.WRONG.value, Proof.ACCEPTED.value, Proof.PROVEN.value]
    statuses = [each.proof["status"] for each in answers.values()]
    seen = {
        key: [found for each in answers.values() for found in each.proof.get(key, [])] for key in ("routes", "effects")
    }
    return {"status": min(statuses, key=worst.index, default=Proof.PROVEN.value), **seen}
