"""What backing out needs of the world, and the few things that each of its steps does with it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from guardrail.core.announcement import Announcement
from guardrail.core.errors import GatewayError, InvalidInput
from guardrail.core.evidence import EvidenceRecord, RecordKind
from guardrail.core.switch import Scope
from guardrail.core.switch_record import SwitchRecord
from guardrail.core.undo import Undo
from guardrail.flows.change import Look, path_look, rules_look
from guardrail.ports.back_out import Announcements, BackOutController, Calendar, Routes, SwitchBoard
from guardrail.ports.firewall import ControllerLease
from guardrail.ports.shared import Clock, Evidence

BUSY = timedelta(seconds=75)
"""How long one step may take: the longest call to a controller, and what goes with it."""
LONG_BUSY = timedelta(minutes=16)
"""The same with a detach or an attach."""
_PATIENCE = 900
"""Pauses of a second for which somebody else's step is waited for."""
_LOOPS_PATIENCE = 10


@dataclass(frozen=True, slots=True)
class Place:
    """What one deployed function is for.

    Attributes:
        scopes: What it can back out.
        gateways: Spoke gateways that it may take out of the path.
        prefix: What the names of our rules start with, before a dash.
        exempts: Whether the caller may grant and revoke exemptions.
    """

    scopes: tuple[Scope, ...]
    gateways: tuple[str, ...] = ()
    prefix: str = ""
    exempts: bool = True

    def chosen(self, scopes: tuple[Scope, ...]) -> tuple[Scope, ...]:
        """Return the scopes that an order is about, all of them if it names none.

        Raises:
            InvalidInput: The function cannot do one.
        """
        if not set(scopes) <= set(self.scopes):
            raise InvalidInput("scope", " or ".join((*self.scopes, "all")) + "; another stack's function does the rest")
        return scopes or self.scopes

    def target(self, scope: Scope, gateway: str | None) -> str:
        """Return the gateway that an order for insertion is about, "" for other scopes.

        Raises:
            InvalidInput: It is none of those that the function is for, or one of several must be named.
        """
        if scope is not Scope.INSERTION:
            return ""
        if gateway is None and len(self.gateways) == 1:
            return self.gateways[0]
        if gateway not in self.gateways:
            raise InvalidInput("gateway", "one of the gateways that this function is for")
        return gateway


@dataclass(frozen=True, slots=True)
class World:
    """The ports.

    Attributes:
        controller: None where there is none to back out: then neither are routes and loops.
        loops: Held by a loop while it changes the controller.
        pause: Waits for so many seconds.
    """

    place: Place
    switches: SwitchBoard
    controller: BackOutController | None
    routes: Routes | None
    loops: ControllerLease | None
    calendar: Calendar
    evidence: Evidence
    announcements: Announcements
    clock: Clock
    pause: Callable[[float], None]

    def record(self, scope: Scope, target: str) -> SwitchRecord:
        """Return a switch as it is now; one that was never written is engaged."""
        found = (each for each in self.switches.records() if (each.scope, each.target) == (scope, target))
        return next(found, SwitchRecord(scope, target))

    def backed_out(self) -> tuple[SwitchRecord, ...]:
        """Return the switches that are backed out."""
        return tuple(record for record in self.switches.records() if record.is_backed_out)

    def free(self, scope: Scope, target: str) -> SwitchRecord:
        """Return a switch once nobody is at it any more.

        Raises:
            GatewayError: Somebody still is after a quarter of an hour.
        """
        for _ in range(_PATIENCE):
            record = self.record(scope, target)
            if not record.is_busy(self.clock()):
                return record
            self.pause(1)
        raise GatewayError("switch", "another call is still at it", retryable=True)

    def written(self, record: SwitchRecord) -> SwitchRecord:
        """Write a switch.

        Raises:
            GatewayError: Somebody else has written it since; nothing was written.
        """
        written = self.switches.write(record)
        if written is None:
            raise GatewayError("switch", "another call has taken over", retryable=True)
        return written

    def look(self, record: SwitchRecord) -> Look | None:
        """Return what looks at what a switch is about; None for the response, which needs no controller."""
        if record.scope is Scope.RESPONSE or self.controller is None:
            return None
        if record.scope is Scope.INSERTION:
            return path_look(self.controller, record.target)
        return rules_look(self.controller, self.place.prefix)

    def calls(self) -> int:
        """Return how many calls were made to the controller."""
        return 0 if self.controller is None else self.controller.calls

    def alone(self) -> bool:
        """Wait for the loops to finish what they began before the switch was written; say whether they have."""
        if self.loops is None:
            return True
        for _ in range(_LOOPS_PATIENCE):
            with suppress(GatewayError):
                if self.loops.take():
                    return True
            self.pause(1)
        return False

    def no_longer_alone(self) -> None:
        """Let the loops go on; what they then read is the switch."""
        with suppress(GatewayError):  # it ends by itself
            if self.loops is not None and self.loops.held():
                self.loops.give_back()

    def busy(self, undo: Undo | None, *, detaches: bool = False) -> datetime:
        """Return until when somebody who begins now is not taken for dead."""
        slow = detaches or (undo is not None and any(field.name == "transit" for field in undo.fields))
        return self.clock() + (LONG_BUSY if slow else BUSY)

    def note(self, kind: RecordKind, subject: str, name: str, body: Mapping[str, Any]) -> tuple[str, ...]:
        """Write evidence. A bucket that refuses must not keep people from backing out: it becomes a note.

        What is to be changed stands in the switch already.
        """
        try:
            self.evidence.append(EvidenceRecord(kind, subject, name, self.clock(), body))
        except GatewayError as error:
            return (f"evidence was not written: {error}",)
        return ()

    def tell(self, announcement: Announcement) -> tuple[str, ...]:
        """Tell people. Failing to becomes a note, for the change is made."""
        try:
            self.announcements.tell(announcement)
        except GatewayError as error:
            return (f"nobody was told: {error}",)
        return ()
