"""A switch as it is kept: backed out since when and why, how far the change has got, and what takes it back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.switch import Scope, Suspension, SwitchState, parse_state, switch_name
from guardrail.core.undo import Undo, parse_undo

REMIND_BEFORE = timedelta(minutes=30)


class Phase(StrEnum):
    """How far a back-out has got."""

    BEGUN = "begun"
    """The switch is written; the change may have been made, if there is an undo."""
    HELD = "held"
    """The change was made and read back."""
    ENDING = "ending"
    """It is being taken back."""


@dataclass(frozen=True, slots=True)
class SwitchRecord:
    """One switch.

    Attributes:
        version: Grows with every write; a write that knows an older one is refused.
        order: What was asked, to tell the same again from something else.
        undo: What takes the change back, written before it is made; None before it is known what it will be.
        busy_until: Somebody is at it, and is dead if they still are afterwards (UTC); None when nobody is.
        result: What is answered to those who ask the same again, as far as it is known yet: `before` together with the
            undo, `after` once it is HELD, `proof` at last.
        stuck: Why it could not be ended, told once; "" if nothing is in the way.
    """

    scope: Scope
    target: str = ""
    state: SwitchState = SwitchState.ENGAGED
    version: int = 0
    suspension: Suspension | None = None
    phase: Phase = Phase.HELD
    order: Mapping[str, Any] | None = None
    undo: Undo | None = None
    busy_until: datetime | None = None
    result: Mapping[str, Any] | None = None
    reminded: bool = False
    stuck: str = ""

    @property
    def name(self) -> str:
        """The name under which it is kept."""
        return switch_name(self.scope, self.target)

    @property
    def id(self) -> str:
        """What tells this suspension from an earlier and a later one of the same switch."""
        return "" if self.suspension is None else self.suspension.since.isoformat()

    @property
    def until_text(self) -> str:
        """When it ends, to the minute, for people."""
        return "" if self.suspension is None else f"{self.suspension.until:%Y-%m-%d %H:%M}Z"

    @property
    def before(self) -> Mapping[str, Any]:
        """What was there before the change, as it was shown then; empty if that is not known."""
        before: Mapping[str, Any] = (self.result or {}).get("before", {})
        return before

    @property
    def is_backed_out(self) -> bool:
        """Whether loops keep their hands off."""
        return self.state is SwitchState.BACKED_OUT

    def is_busy(self, now: datetime) -> bool:
        """Whether somebody is at it."""
        return self.busy_until is not None and now < self.busy_until

    def is_overdue(self, now: datetime) -> bool:
        """Whether the suspension should have ended."""
        return self.suspension is not None and self.is_backed_out and now >= self.suspension.until

    def reminds_at(self) -> datetime:
        """Return when people are told that it will end: half an hour before, or when three quarters are over."""
        if self.suspension is None:
            raise ValueError("an engaged switch has no end")
        lasts = self.suspension.until - self.suspension.since
        return self.suspension.until - min(REMIND_BEFORE, lasts / 4)

    def begun(self, suspension: Suspension, order: Mapping[str, Any], busy_until: datetime) -> "SwitchRecord":
        """Return it backed out, before anything else is done."""
        return SwitchRecord(
            self.scope,
            self.target,
            SwitchState.BACKED_OUT,
            self.version,
            suspension,
            Phase.BEGUN,
            order,
            busy_until=busy_until,
        )

    def engaged(self) -> "SwitchRecord":
        """Return it engaged; only the version is remembered."""
        return SwitchRecord(self.scope, self.target, version=self.version)

    def at(self, phase: Phase, busy_until: datetime | None = None, **changes: Any) -> "SwitchRecord":
        """Return it in another phase."""
        return replace(self, phase=phase, busy_until=busy_until, **changes)

    def body(self) -> dict[str, Any]:
        """Return everything but name, state and version as JSON values."""
        held = self.suspension
        if held is None:
            return {}
        return {
            "since": held.since.isoformat(),
            "until": held.until.isoformat(),
            "reason": held.reason,
            "claimed_by": held.claimed_by,
            "caller": held.caller,
            "phase": self.phase.value,
            "order": dict(self.order or {}),
            "undo": None if self.undo is None else self.undo.document(),
            "busy_until": None if self.busy_until is None else self.busy_until.isoformat(),
            "result": self.result,
            "reminded": self.reminded,
            "stuck": self.stuck,
        }


def parse_record(name: str, state: object, version: int, body: object) -> SwitchRecord:
    """Read a switch as it is kept.

    Raises:
        InvalidInput: It is of another form: nothing may be changed.
    """
    known, (scope, _, target) = parse_state(state), name.partition("#")
    if scope not in list(Scope):
        raise InvalidInput("switch", "the name of a scope")
    if known is SwitchState.ENGAGED:
        return SwitchRecord(Scope(scope), target, version=version)
    try:
        return _backed_out(Scope(scope), target, version, body)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InvalidInput("switch", "what a back-out has kept; nothing was changed") from None


def _backed_out(scope: Scope, target: str, version: int, body: Any) -> SwitchRecord:
    busy, undo = body["busy_until"], body["undo"]
    since, until = datetime.fromisoformat(body["since"]), datetime.fromisoformat(body["until"])
    return SwitchRecord(
        scope,
        target,
        SwitchState.BACKED_OUT,
        version,
        Suspension(scope, target, since, until, body["reason"], body["claimed_by"], body["caller"]),
        Phase(body["phase"]),
        body["order"],
        None if undo is None else parse_undo("switch.undo", undo),
        None if busy is None else datetime.fromisoformat(busy),
        body["result"],
        body["reminded"],
        body["stuck"],
    )
