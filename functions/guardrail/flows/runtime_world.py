"""What the use cases about one runtime need, and how far they go."""

from dataclasses import dataclass
from datetime import timedelta

from guardrail.core.runtimes.breaker import Breaker
from guardrail.core.runtimes.case import LOOK_AGAIN_SECONDS
from guardrail.core.runtimes.trail import TrailEvent
from guardrail.ports.runtimes import AgentCore, Findings, Queue, State
from guardrail.ports.shared import Clock, Evidence, Switches

LEASE_SECONDS = 90
"""Longer than the function may run, so that a lease never ends under a function that still works."""

MAX_ATTEMPTS = 20
"""Looks in a row at a runtime that does not settle; after that the sweep is soon enough."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far the response goes.

    Attributes:
        changes: So many changes, of all runtimes together, within `window`; then all are stopped until it has passed.
            What may have taken effect counts.
        wait_seconds: Between two looks at a runtime that AgentCore still changes.
        role_arn: Our own role, whose events are judged and lead to no step; "" when there is none.
    """

    changes: int = 10
    window: timedelta = timedelta(minutes=5)
    wait_seconds: int = 30
    role_arn: str = ""

    @property
    def breaker(self) -> Breaker:
        """What stops every response."""
        return Breaker(self.changes, self.window)

    @property
    def soon_seconds(self) -> int:
        """Until a denial is tried again: whatever is waited for otherwise, meanwhile the runtime can be invoked."""
        return min(self.wait_seconds, LOOK_AGAIN_SECONDS)

    def pace(self, seconds: int) -> int:
        """Return a step's delay: for the core's own waiting time the deployment's stands in."""
        return self.wait_seconds if seconds == LOOK_AGAIN_SECONDS else seconds

    def is_ours(self, event: TrailEvent | None) -> bool:
        """Say whether we made the recorded call ourselves."""
        return event is not None and event.made_by(self.role_arn)


@dataclass(frozen=True, slots=True)
class World:
    """What these use cases need."""

    agentcore: AgentCore
    state: State
    evidence: Evidence
    findings: Findings
    queue: Queue
    switches: Switches
    clock: Clock
    bounds: Bounds = Bounds()
