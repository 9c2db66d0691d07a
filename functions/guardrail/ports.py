"""What the flows need from the world, in our words. Every method may raise GatewayError."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from guardrail.core.announcement import Announcement
from guardrail.core.evidence import EvidenceRecord
from guardrail.core.firewall.back_out import LiveRules, RuleList
from guardrail.core.firewall.drift import Drift
from guardrail.core.firewall.insertion import PathCall, Spoke
from guardrail.core.firewall.live import LiveState
from guardrail.core.firewall.memory import FirewallMemory
from guardrail.core.firewall.planned_call import PlannedCall
from guardrail.core.firewall.policy import Policy
from guardrail.core.firewall.routes import Way
from guardrail.core.firewall.versions import ControllerVersion
from guardrail.core.runtimes.exemption import Exemptions
from guardrail.core.runtimes.finding import Finding
from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.message import Look
from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.snapshot import Answer
from guardrail.core.runtimes.step import Step
from guardrail.core.runtimes.tool import ToolKind
from guardrail.core.switch import Scope
from guardrail.core.switch_record import SwitchRecord

Clock = Callable[[], datetime]
"""The present moment (UTC)."""


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
    """

    effect: Effect
    code: str = ""
    version: int | None = None


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

    def admit(self, what: str, now: datetime, seconds: int, limit: int) -> bool:
        """Say whether this may happen once more, and count it: at most `limit` times in any `seconds`."""
        ...

    def park(self, record: EvidenceRecord) -> str:
        """Keep a record that the bucket refused, once however often it is called, and return where it is."""
        ...

    def parked(self) -> tuple[str, ...]:
        """Return the keys of the records that wait for the bucket."""
        ...

    def unpark(self, key: str, store: Callable[[str, bytes], str]) -> None:
        """Hand a waiting record to `store`, and forget it when that succeeded."""
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

    def store(self, key: str, document: bytes) -> str:
        """Write a record that waited elsewhere, as it is, once, and return where it is."""
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


class Switches(Protocol):
    """What people decided about the loops, read before every change; one function writes it, and no loop does."""

    def engaged(self, scope: Scope) -> bool:
        """Return whether the loop may act; read anew each time.

        Raises:
            GuardrailError: The switch could not be read, or its state is unknown: nothing may be changed.
        """
        ...

    def exemptions(self) -> Exemptions:
        """Return the exemptions granted, expired ones included: the verdict ignores and notes those."""
        ...


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

    def read_again(self, before: LiveState) -> LiveState:
        """Read what a plan can have changed; the rest is as it was read before."""
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


class SwitchBoard(Protocol):
    """The writing side of the switches: for `back_out` only."""

    def records(self) -> tuple[SwitchRecord, ...]:
        """Return every switch that was ever written."""
        ...

    def write(self, record: SwitchRecord) -> SwitchRecord | None:
        """Write the next version and return it, or None when somebody else has written since this one was read."""
        ...

    def exemptions(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the documents of the exemptions granted, by id."""
        ...

    def grant(self, document: Mapping[str, Any]) -> bool:
        """Add an exemption; return False when there is one of that id."""
        ...

    def revoke(self, exemption_id: str) -> None:
        """Remove an exemption; one that is gone is fine."""
        ...


class BackOutController(Protocol):
    """A controller, as far as backing out needs it."""

    @property
    def calls(self) -> int:
        """How many calls were made so far, logins excluded."""
        ...

    def spoke(self, gateway: str) -> Spoke | None:
        """Return what puts the gateway into the path, or None when there is none of that name. One call."""
        ...

    def turn(self, call: PathCall) -> None:
        """Take a gateway out of the path, or put it back. One call, never repeated."""
        ...

    def rules(self) -> LiveRules:
        """Return every list of rules."""
        ...

    def replace(self, live: LiveRules, changed: RuleList) -> None:
        """Write one list, if it is still as it was read in `live`.

        Raises:
            GatewayError: Somebody else has changed the list since (retryable, nothing was written), or it failed.
        """
        ...

    def policies(self, *lives: LiveRules) -> tuple[Policy, ...]:
        """Return what decides flows by these rules, for each; reads the groups and the default action once."""
        ...


class Routes(Protocol):
    """The route tables of the runtime subnets, as AWS has them."""

    def look(self, spoke: Spoke) -> Way:
        """Return where the default routes go now, and whether that is the gateway."""
        ...


class Calendar(Protocol):
    """What calls the function again later."""

    def put(self, name: str, at: datetime, command: Mapping[str, Any]) -> None:
        """Have the function called with a command at a time (UTC); once, however often it is asked."""
        ...

    def drop(self, name: str) -> None:
        """Forget it; what is gone is fine."""
        ...


class Announcements(Protocol):
    """Who is told what people do with the guardrail."""

    def tell(self, announcement: Announcement) -> None:
        """Put it on the bus, and before people."""
        ...
