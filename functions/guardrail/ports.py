"""What the flows need from the world, in our words. Every method may raise GatewayError."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from guardrail.core.evidence import EvidenceRecord
from guardrail.core.runtimes.finding import Finding
from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.message import Look
from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.snapshot import Answer

Clock = Callable[[], datetime]
"""The present moment (UTC)."""


class AgentCore(Protocol):
    """The AgentCore control plane of one account and Region, read only."""

    def snapshot(self, runtime_id: str) -> Snapshot | None:
        """Return the runtime as it is now, or None if it is gone.

        Costs one list of endpoints and one Get per distinct reachable version. What the service refuses to show
        (AccessDenied) is unread in the snapshot; throttling and 5xx raise a retryable GatewayError.
        """
        ...

    def versions(self, runtime_id: str, numbers: Iterable[int]) -> Mapping[int, Answer | None]:
        """Return the placement members of these versions; None for one that does not exist (any more)."""
        ...

    def runtime_ids(self, cursor: str | None, limit: int) -> tuple[list[str], str | None]:
        """Return up to about `limit` ids from `cursor` on, and the cursor to go on from, None at the end.

        A cursor that the service no longer knows starts from the beginning.
        """
        ...


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to act on one runtime until `until`; a commit with an older fence than the newest is refused."""

    runtime_id: str
    fence: int
    history: History


class State(Protocol):
    """What is remembered between two invocations."""

    def history(self, runtime_id: str) -> History:
        """Return what was recorded last; an empty History for a runtime that was never seen."""
        ...

    def lease(self, runtime_id: str, now: datetime, seconds: int) -> Lease | None:
        """Take the lease with a fresh history, or return None while somebody else holds it."""
        ...

    def commit(self, lease: Lease, history: History) -> None:
        """Write the history and give the lease back. Raises a retryable GatewayError when the lease was lost."""
        ...

    def release(self, lease: Lease) -> None:
        """Give the lease back without writing anything else."""
        ...

    def spend(self, budget: str, wanted: int, limit: int) -> int:
        """Take up to `wanted` from a budget of which `limit` may be spent in all; return what was granted."""
        ...

    def cursor(self) -> str | None:
        """Return where the last sweep stopped, or None."""
        ...

    def save_cursor(self, cursor: str | None) -> None:
        """Remember where this sweep stopped."""
        ...


class Evidence(Protocol):
    """The bucket that keeps records."""

    def append(self, record: EvidenceRecord) -> str:
        """Write the record, once however often it is called, and return where it is."""
        ...


class Findings(Protocol):
    """Who is told about a verdict."""

    def report(self, finding: Finding) -> None:
        """Put the finding on the bus, and before people when it is for them."""
        ...


class Queue(Protocol):
    """The queue of looks."""

    def send(self, looks: Iterable[tuple[Look, int]]) -> None:
        """Put looks on the queue, each with its delay in seconds (0 to 900)."""
        ...

    def bury(self, body: str, reason: str) -> None:
        """Put a message that nobody can handle on the dead-letter queue, unchanged."""
        ...

    def depth(self) -> int:
        """Return how many messages wait, are delayed or are being handled, about."""
        ...
