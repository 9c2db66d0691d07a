"""What keeping a controller as its pack says needs. Every method may raise GatewayError."""

from dataclasses import dataclass
from typing import Protocol

from guardrail.core.firewall.drift import Drift
from guardrail.core.firewall.live import LiveState
from guardrail.core.firewall.memory import FirewallMemory
from guardrail.core.firewall.planned_call import PlannedCall
from guardrail.core.firewall.versions import ControllerVersion


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is remembered of a controller, and which revision of it that is; 0 when there is nothing yet."""

    memory: FirewallMemory
    revision: int


class Firewall(Protocol):
    """The firewall of one controller."""

    def read(self, point: str | None) -> LiveState:
        """Read everything that a plan depends on, in at most seven calls.

        Args:
            point: Name of the attachment point that the ruleset is to hang from; None for the first there is.
        """
        ...

    def read_again(self, before: LiveState, *, default_action: bool) -> LiveState:
        """Read what a plan can have changed, and whether the firewall is on; the rest is as it was read before.

        Args:
            default_action: Whether the default action is read, too: where it is not managed, no plan depends on it.
        """
        ...

    def gateways(self) -> tuple[str, ...]:
        """Return the names of all gateways of the controller."""
        ...

    def carry_out(self, call: PlannedCall, version: ControllerVersion) -> str | None:
        """Make one request of a plan, and return the uuid of what it created.

        Raises:
            Overtaken: A list of rules is not any more as it was read; nothing was written.
            GatewayError: It failed. If no answer came, it may have been done all the same.
        """
        ...


class ControllerLease(Protocol):
    """The right to change one controller, which one run at a time has."""

    def take(self) -> bool:
        """Take it; return False while somebody else has it."""
        ...

    def held(self) -> bool:
        """Return whether it is still ours; asked before every change."""
        ...

    def give_back(self) -> None:
        """Give it back."""
        ...


class FirewallMemories(Protocol):
    """What is remembered of one controller between two runs of the reconciler."""

    def read(self) -> Remembered:
        """Return what was saved last."""
        ...

    def save(self, before: Remembered, memory: FirewallMemory) -> Remembered:
        """Save it. Raises a retryable GatewayError when another run has saved since `before` was read."""
        ...


class DriftFindings(Protocol):
    """Who is told about a drift of the firewall."""

    def report(self, drift: Drift) -> None:
        """Put it on the bus, and before people."""
        ...
