"""What looking at runtimes and responding to them needs. Every method may raise GatewayError."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from guardrail.core.evidence import EvidenceRecord
from guardrail.core.runtimes.breaker import Admission, Breaker, Slot
from guardrail.core.runtimes.finding import Finding
from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.message import Look
from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.snapshot import Answer
from guardrail.core.runtimes.step import Step
from guardrail.core.runtimes.tool import ToolKind


class Effect(StrEnum):
    """What came of a change, in the words of its record.

    MADE_OTHERWISE: in the call's other form. OVERTAKEN: the runtime is no longer the one that was judged, so nothing
    was sent. NOT_NOW: the same may succeed later. REFUSED: it will not. The last three changed nothing.
    """

    MADE = "done"
    MADE_OTHERWISE = "done-otherwise"
    OVERTAKEN = "changed-meanwhile"
    NOT_NOW = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a step.

    Attributes:
        code: The service's error code, and words of ours where it means something special; "" without an error.
        version: The version that the service's answer names, or None.
        operation: What was refused, where it is not the change itself but the look right before it; or "".
    """

    effect: Effect
    code: str = ""
    version: int | None = None
    operation: str = ""


class AgentCore(Protocol):
    """The AgentCore control plane of one account and Region."""

    def snapshot(self, runtime_id: str) -> Snapshot | None:
        """Return the runtime as it is now, or None if it is gone.

        Costs one list of endpoints and one Get per distinct reachable version. What the service refuses to show
        (AccessDenied) is unread in the snapshot; throttling and 5xx raise a retryable GatewayError.
        """
        ...

    def situated(self, runtime_id: str) -> Snapshot | None:
        """Return the same with its situation: what has to be known before anything is changed."""
        ...

    def tool(self, kind: ToolKind, tool_id: str) -> Snapshot | None:
        """Return a browser or a code interpreter as a runtime with one version, or None if it is gone."""
        ...

    def tool_ids(self, kind: ToolKind) -> list[str]:
        """Return the ids of all tools of a kind that somebody created."""
        ...

    def take(self, step: Step) -> Taken:
        """Make a step's one change, if the runtime still is as `step.seen` says.

        Raises:
            GatewayError: The service failed, or did not answer: whether the change was made is unknown.
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
    """The right to act on one runtime for a while; a write with an older fence than the newest is refused.

    Attributes:
        opened: Name of the change that was begun under an earlier lease and of which nobody knows the end, or "".
    """

    runtime_id: str
    fence: int
    history: History
    opened: str = ""


@dataclass(frozen=True, slots=True)
class Parked:
    """Records that wait for the bucket.

    Attributes:
        keys: Keys of the oldest, the oldest first.
        count: How many wait in all; what was parked or moved in the last second or so may not be counted right.
    """

    keys: tuple[str, ...]
    count: int


class State(Protocol):
    """What is remembered between two invocations."""

    def history(self, runtime_id: str) -> History:
        """Return what was recorded last; an empty History for a runtime that was never seen."""
        ...

    def lease(self, runtime_id: str, now: datetime, seconds: int) -> Lease | None:
        """Take the lease with a fresh history, or return None while somebody else holds it."""
        ...

    def begin(self, lease: Lease, history: History, opened: str) -> None:
        """Write the history and that a change begins, and keep the lease; raises as `commit` does.

        Args:
            opened: Name of the change. The next lease has it, unless a commit came first.
        """
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

    def admit(self, what: str, slot: Slot, breaker: Breaker) -> Admission:
        """Say whether this may happen once more, and count it if so."""
        ...

    def give_back(self, what: str, slot: Slot) -> None:
        """Count it no more: it did not happen."""
        ...

    def park(self, record: EvidenceRecord) -> str:
        """Keep a record that the bucket refused, once however often it is called, and return where it is."""
        ...

    def parked(self, most: int) -> Parked:
        """Return the keys of up to `most` records that wait for the bucket, and how many wait."""
        ...

    def unpark(self, key: str, store: Callable[[str, bytes], str]) -> None:
        """Hand a waiting record to `store`, and forget it when that succeeded; do nothing when it waits no more."""
        ...

    def cursor(self) -> str | None:
        """Return where the last sweep stopped, or None."""
        ...

    def save_cursor(self, cursor: str | None) -> None:
        """Remember where this sweep stopped."""
        ...


class Findings(Protocol):
    """Who is told about a verdict."""

    def report(self, finding: Finding) -> None:
        """Put the finding on the bus, and before people when it is for them."""
        ...


class Queue(Protocol):
    """The queue of looks, and the queue of events that only hint at some."""

    def send(self, looks: Iterable[tuple[Look, int]]) -> None:
        """Put looks on the queue of looks, each with its delay in seconds (0 to 900)."""
        ...

    def send_back(self, look: Look, seconds: int) -> None:
        """Put a look, with a delay, on the queue that its message came from: hints lead to hints."""
        ...

    def bury(self, body: str, reason: str) -> None:
        """Put a message that nobody can handle on the dead-letter queue, unchanged."""
        ...

    def depth(self) -> int:
        """Return how many looks wait, are delayed or are being handled, about; events are not counted."""
        ...
