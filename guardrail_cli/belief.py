"""One thing that we believe of a controller, how it is checked, and what came of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from guardrail.gateways.controller.calls import Calls
from guardrail.gateways.controller.login import Login
from guardrail.gateways.controller.session import Session
from guardrail.gateways.controller.transport import Transport


class Status(StrEnum):
    """How a belief stands."""

    CONFIRMED = "confirmed"
    DIFFERS = "differs"
    NOT_SHOWN = "not shown"
    """This controller has nothing that would show it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One belief, and what the controller showed of it."""

    fact: str
    expected: str
    observed: str | None

    @property
    def status(self) -> Status:
        """How the belief stands."""
        if self.observed is None:
            return Status.NOT_SHOWN
        return Status.CONFIRMED if self.observed == self.expected else Status.DIFFERS

    def document(self) -> dict[str, Any]:
        """Return it as JSON."""
        found = {"fact": self.fact, "expected": self.expected, "observed": self.observed}
        return {**found, "status": self.status.value}


@dataclass(frozen=True, slots=True)
class Probe:
    """What the beliefs are checked with: calls in a session, and messages without one."""

    calls: Calls
    transport: Transport
    login: Login
    session: Session


Belief = Callable[[Probe], Iterable[Finding]]
