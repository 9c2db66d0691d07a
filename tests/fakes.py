"""The ports in memory, every call written down, and any one call made to fail before or after its effect."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from botocore.loaders import Loader

from guardrail.core.errors import GatewayError
from guardrail.core.evidence import EvidenceRecord, canonical_json
from guardrail.core.runtimes.breaker import Admission, Breaker, Slot
from guardrail.core.runtimes.exemption import NONE, Exemptions
from guardrail.core.runtimes.finding import Finding
from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.message import Look
from guardrail.core.runtimes.response import ResponseMode, ResponsePolicy
from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.situation import Situation
from guardrail.core.runtimes.snapshot import parse_snapshot
from guardrail.core.runtimes.step import Step
from guardrail.core.runtimes.surroundings import parse_situated
from guardrail.core.runtimes.tool import ToolKind, tool_snapshot_document
from guardrail.core.switch import Scope
from guardrail.flows import runtime_world, sweep_runtimes
from guardrail.gateways.agentcore import AgentCoreGateway
from guardrail.ports.runtimes import AgentCore, Lease, Parked, Taken
from guardrail_lab.agentcore.behaviour import Behaviour
from guardrail_lab.agentcore.client import InMemoryClient
from guardrail_lab.agentcore.control_plane import ControlPlane
from guardrail_lab.agentcore.model import AgentCoreModel
from tests.builders import ACCOUNT, NOW, REGION, Json, zone


class Killed(Exception):  # noqa: N818  it is what happened
    """The function was stopped between two calls; nothing of ours catches this."""


@dataclass
class Journal:
    """Every call of a port, in order.

    Attributes:
        fail_at: The index of the call that fails, or None.
        after: Whether it fails after its effect: the answer is lost, what was done is done.
        killed: Whether the function is killed there, rather than told that the call failed.
        before: What else happens just before the first call of that name.
    """

    fail_at: int | None = None
    after: bool = False
    killed: bool = False
    before: dict[str, Callable[[], object]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def call(self, name: str, effect: Callable[[], Any]) -> Any:
        self.before.pop(name, lambda: None)()
        fails = len(self.calls) == self.fail_at
        self.calls.append(name)
        if fails and not self.after:
            raise self._failure(name, "Outage")
        answer = effect()
        if fails:
            raise self._failure(name, "AnswerLost")
        return answer

    def _failure(self, name: str, code: str) -> Exception:
        return Killed(name) if self.killed else GatewayError(name, code, retryable=True)


class _Journaled:
    """A port whose calls go through the journal."""

    def __init__(self, name: str, port: object, journal: Journal) -> None:
        self._name, self._port, self._journal = name, port, journal

    def __getattr__(self, method: str) -> Callable[..., Any]:
        call = getattr(self._port, method)
        return lambda *arguments: self._journal.call(f"{self._name}.{method}", lambda: call(*arguments))


@dataclass
class FakeAgentCore:
    """Runtimes as whole snapshot documents, of which a look sees the reachable versions; tools as AgentCore answers."""

    runtimes: dict[str, Json] = field(default_factory=dict)
    versions_read: list[int] = field(default_factory=list)
    page: int = 1_000
    tools: dict[ToolKind, dict[str, Json]] = field(default_factory=dict)

    def snapshot(self, runtime_id: str) -> Snapshot | None:
        document = self.runtimes.get(runtime_id)
        if document is None:
            return None
        reachable = parse_snapshot(document).reachable()
        read = {number: answer for number, answer in document["versions"].items() if int(number) in reachable}
        return parse_snapshot({**document, "versions": read})

    def situated(self, runtime_id: str) -> Snapshot | None:
        """With a situation in which nothing is known, so that nothing is changed."""
        snapshot = self.snapshot(runtime_id)
        return snapshot and replace(snapshot, situation=Situation(None, unreadable={"newest": "not in this fake"}))

    def tool(self, kind: ToolKind, tool_id: str) -> Snapshot | None:
        answer = self.tools.get(kind, {}).get(tool_id)
        return answer and parse_situated(tool_snapshot_document(kind, answer, ACCOUNT, REGION))

    def tool_ids(self, kind: ToolKind) -> list[str]:
        return sorted(self.tools.get(kind, {}))

    def take(self, step: Step) -> Taken:
        raise AssertionError(f"{step.kind}: this fake changes nothing; FakeCloud.with_agentcore() can")

    def versions(self, runtime_id: str, numbers: Iterable[int]) -> Mapping[int, Json | None]:
        asked = list(numbers)
        self.versions_read += asked
        return {number: self.runtimes[runtime_id]["versions"].get(str(number)) for number in asked}

    def runtime_ids(self, cursor: str | None, limit: int) -> tuple[list[str], str | None]:
        start, count = int(cursor or 0), min(limit, self.page)
        following = start + count
        return sorted(self.runtimes)[start:following], str(following) if following < len(self.runtimes) else None


@dataclass
class FakeState:
    """Histories with leases and fences, budgets, windows, records that wait, and the cursor."""

    histories: dict[str, History] = field(default_factory=dict)
    leased_until: dict[str, datetime] = field(default_factory=dict)
    fences: dict[str, int] = field(default_factory=dict)
    opened: dict[str, str] = field(default_factory=dict)
    spent: dict[str, int] = field(default_factory=dict)
    slots: dict[str, list[Slot]] = field(default_factory=dict)
    records: dict[str, bytes] = field(default_factory=dict)
    stopped_at: str | None = None

    def history(self, runtime_id: str) -> History:
        return self.histories.get(runtime_id, History())

    def lease(self, runtime_id: str, now: datetime, seconds: int) -> Lease | None:
        if self.leased_until.get(runtime_id, now) > now:
            return None
        self.leased_until[runtime_id] = now + timedelta(seconds=seconds)
        self.fences[runtime_id] = self.fences.get(runtime_id, 0) + 1
        opened = self.opened.get(runtime_id, "")
        return Lease(runtime_id, self.fences[runtime_id], self.history(runtime_id), opened)

    def begin(self, lease: Lease, history: History, opened: str) -> None:
        self._is_ours(lease)
        self.histories[lease.runtime_id], self.opened[lease.runtime_id] = history, opened

    def commit(self, lease: Lease, history: History) -> None:
        self.release(lease)
        self.opened.pop(lease.runtime_id, None)
        self.histories[lease.runtime_id] = history

    def release(self, lease: Lease) -> None:
        self._is_ours(lease)
        self.leased_until.pop(lease.runtime_id)

    def _is_ours(self, lease: Lease) -> None:
        if self.fences[lease.runtime_id] != lease.fence or lease.runtime_id not in self.leased_until:
            raise GatewayError("state", "the lease was taken over", retryable=True)

    def spend(self, budget: str, wanted: int, limit: int) -> int:
        granted = max(0, min(wanted, limit - self.spent.get(budget, 0)))
        self.spent[budget] = self.spent.get(budget, 0) + granted
        return granted

    def admit(self, what: str, slot: Slot, breaker: Breaker) -> Admission:
        slots = self.slots.setdefault(what, [])
        admission = breaker.admits(slots, slot)
        slots += [slot] if admission is Admission.ADMITTED else []
        return admission

    def give_back(self, what: str, slot: Slot) -> None:
        self.slots[what].remove(slot)

    def park(self, record: EvidenceRecord) -> str:
        self.records.setdefault(record.key, canonical_json(record.document()))
        return f"dynamodb://state/parked#{record.key}"

    def parked(self, most: int) -> Parked:
        oldest = sorted(self.records, key=lambda key: json.loads(self.records[key])["at"])
        return Parked(tuple(oldest[:most]), len(oldest))

    def unpark(self, key: str, store: Callable[[str, bytes], str]) -> None:
        if key in self.records:
            store(key, self.records[key])
            del self.records[key]

    def cursor(self) -> str | None:
        return self.stopped_at

    def save_cursor(self, cursor: str | None) -> None:
        self.stopped_at = cursor


@dataclass
class FakeEvidence:
    """Records by key; the first one under a key stays. `refuses`: the bucket takes none; `never`: not those keys."""

    records: dict[str, bytes] = field(default_factory=dict)
    refuses: bool = False
    never: frozenset[str] = frozenset()

    def append(self, record: EvidenceRecord) -> str:
        return self.store(record.key, canonical_json(record.document()))

    def store(self, key: str, document: bytes) -> str:
        if self.refuses or key in self.never:
            raise GatewayError("s3:PutObject", "AccessDenied", retryable=False)
        self.records.setdefault(key, document)
        return f"s3://evidence/{key}"


@dataclass
class FakeFindings:
    """What was reported. `refuses`: the topic takes nothing."""

    reported: list[Finding] = field(default_factory=list)
    refuses: bool = False

    def report(self, finding: Finding) -> None:
        if self.refuses:
            raise GatewayError("sns:Publish", "AuthorizationError", retryable=False)
        self.reported.append(finding)


@dataclass
class FakeQueue:
    """Looks that wait with their delays, those that wait among the events instead, and dead letters with their reasons.

    Attributes:
        from_events: Whether the messages come from the queue of events.
    """

    waiting: list[tuple[Look, int]] = field(default_factory=list)
    from_events: bool = False
    events: list[tuple[Look, int]] = field(default_factory=list)
    buried: list[tuple[str, str]] = field(default_factory=list)

    def send(self, looks: Iterable[tuple[Look, int]]) -> None:
        self.waiting += looks

    def send_back(self, look: Look, seconds: int) -> None:
        (self.events if self.from_events else self.waiting).append((look, seconds))

    def bury(self, body: str, reason: str) -> None:
        self.buried.append((body, reason))

    def depth(self) -> int:
        return len(self.waiting)


@dataclass
class FakeSwitches:
    """What people decided."""

    backed_out: set[Scope] = field(default_factory=set)
    granted: Exemptions = NONE

    def engaged(self, scope: Scope) -> bool:
        return scope not in self.backed_out

    def exemptions(self) -> Exemptions:
        return self.granted


@cache
def agentcore_model() -> AgentCoreModel:
    return AgentCoreModel(Loader().load_service_model("bedrock-agentcore-control", "service-2"))


@dataclass
class FakeCloud:
    """Everything that outlives an invocation, and the time."""

    agentcore: Any = field(default_factory=FakeAgentCore)
    state: FakeState = field(default_factory=FakeState)
    evidence: FakeEvidence = field(default_factory=FakeEvidence)
    findings: FakeFindings = field(default_factory=FakeFindings)
    queue: FakeQueue = field(default_factory=FakeQueue)
    switches: FakeSwitches = field(default_factory=FakeSwitches)
    now: datetime = NOW
    zone: LandingZone = field(default_factory=zone)
    mode: ResponseMode = ResponseMode.OBSERVE
    terms: dict[str, Any] = field(default_factory=dict)
    bounds: runtime_world.Bounds = field(default_factory=runtime_world.Bounds)

    @property
    def policy(self) -> ResponsePolicy:
        return ResponsePolicy(self.mode, self.zone, **self.terms)

    def world(self, journal: Journal) -> runtime_world.World:
        names = ("agentcore", "state", "evidence", "findings", "queue", "switches")
        ports: dict[str, Any] = {name: _Journaled(name, getattr(self, name), journal) for name in names}
        return runtime_world.World(**ports, clock=lambda: self.now, bounds=self.bounds)

    def sweep_world(self, journal: Journal) -> sweep_runtimes.World:
        names = ("agentcore", "state", "evidence", "queue")
        return sweep_runtimes.World(**{name: _Journaled(name, getattr(self, name), journal) for name in names})

    def with_agentcore(self) -> ControlPlane:
        """Put the real gateway over the lab's control plane in place of the fake one, and return that."""
        plane = ControlPlane(
            agentcore_model(), lambda: self.now.timestamp(), ACCOUNT, REGION, behaviour=Behaviour(settle_seconds=60)
        )
        gateway: AgentCore = AgentCoreGateway(lambda _: InMemoryClient(plane), ACCOUNT, REGION)
        self.agentcore = gateway
        return plane

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
