"""The ports in memory, every call written down, and any one call made to fail before or after its effect."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from guardrail.core.errors import GatewayError
from guardrail.core.evidence import EvidenceRecord, canonical_json
from guardrail.core.runtimes.finding import Finding
from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.message import Look
from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.snapshot import parse_snapshot
from guardrail.flows import sweep_runtimes, verify_runtime
from guardrail.ports import Lease
from tests.builders import NOW, Json, zone


@dataclass
class Journal:
    """Every call of a port, in order.

    Attributes:
        fail_at: The index of the call that fails, or None.
        after: Whether it fails after its effect: the answer is lost, what was done is done.
        before: What else happens just before the first call of that name.
    """

    fail_at: int | None = None
    after: bool = False
    before: dict[str, Callable[[], object]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def call(self, name: str, effect: Callable[[], Any]) -> Any:
        self.before.pop(name, lambda: None)()
        fails = len(self.calls) == self.fail_at
        self.calls.append(name)
        if fails and not self.after:
            raise GatewayError(name, "Outage", retryable=True)
        answer = effect()
        if fails:
            raise GatewayError(name, "AnswerLost", retryable=True)
        return answer


class _Journaled:
    """A port whose calls go through the journal."""

    def __init__(self, name: str, port: object, journal: Journal) -> None:
        self._name, self._port, self._journal = name, port, journal

    def __getattr__(self, method: str) -> Callable[..., Any]:
        call = getattr(self._port, method)
        return lambda *arguments: self._journal.call(f"{self._name}.{method}", lambda: call(*arguments))


@dataclass
class FakeAgentCore:
    """Runtimes as whole snapshot documents; a look sees of their versions those that traffic can reach."""

    runtimes: dict[str, Json] = field(default_factory=dict)
    versions_read: list[int] = field(default_factory=list)
    page: int = 1_000

    def snapshot(self, runtime_id: str) -> Snapshot | None:
        document = self.runtimes.get(runtime_id)
        if document is None:
            return None
        reachable = parse_snapshot(document).reachable()
        read = {number: answer for number, answer in document["versions"].items() if int(number) in reachable}
        return parse_snapshot({**document, "versions": read})

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
    """Histories with leases and fences, budgets, and the cursor."""

    histories: dict[str, History] = field(default_factory=dict)
    leased_until: dict[str, datetime] = field(default_factory=dict)
    fences: dict[str, int] = field(default_factory=dict)
    spent: dict[str, int] = field(default_factory=dict)
    stopped_at: str | None = None

    def history(self, runtime_id: str) -> History:
        return self.histories.get(runtime_id, History())

    def lease(self, runtime_id: str, now: datetime, seconds: int) -> Lease | None:
        if self.leased_until.get(runtime_id, now) > now:
            return None
        self.leased_until[runtime_id] = now + timedelta(seconds=seconds)
        self.fences[runtime_id] = self.fences.get(runtime_id, 0) + 1
        return Lease(runtime_id, self.fences[runtime_id], self.history(runtime_id))

    def commit(self, lease: Lease, history: History) -> None:
        self.release(lease)
        self.histories[lease.runtime_id] = history

    def release(self, lease: Lease) -> None:
        if self.fences[lease.runtime_id] != lease.fence:
            raise GatewayError("state", "the lease was taken over", retryable=True)
        self.leased_until.pop(lease.runtime_id, None)

    def spend(self, budget: str, wanted: int, limit: int) -> int:
        granted = max(0, min(wanted, limit - self.spent.get(budget, 0)))
        self.spent[budget] = self.spent.get(budget, 0) + granted
        return granted

    def cursor(self) -> str | None:
        return self.stopped_at

    def save_cursor(self, cursor: str | None) -> None:
        self.stopped_at = cursor


@dataclass
class FakeEvidence:
    """Records by key; the first one under a key stays."""

    records: dict[str, bytes] = field(default_factory=dict)

    def append(self, record: EvidenceRecord) -> str:
        self.records.setdefault(record.key, canonical_json(record.document()))
        return f"s3://evidence/{record.key}"


@dataclass
class FakeFindings:
    """What was reported."""

    reported: list[Finding] = field(default_factory=list)

    def report(self, finding: Finding) -> None:
        self.reported.append(finding)


@dataclass
class FakeQueue:
    """Looks that wait with their delays, and dead letters with their reasons."""

    waiting: list[tuple[Look, int]] = field(default_factory=list)
    buried: list[tuple[str, str]] = field(default_factory=list)

    def send(self, looks: Iterable[tuple[Look, int]]) -> None:
        self.waiting += looks

    def bury(self, body: str, reason: str) -> None:
        self.buried.append((body, reason))

    def depth(self) -> int:
        return len(self.waiting)


@dataclass
class FakeCloud:
    """Everything that outlives an invocation, and the time."""

    agentcore: FakeAgentCore = field(default_factory=FakeAgentCore)
    state: FakeState = field(default_factory=FakeState)
    evidence: FakeEvidence = field(default_factory=FakeEvidence)
    findings: FakeFindings = field(default_factory=FakeFindings)
    queue: FakeQueue = field(default_factory=FakeQueue)
    now: datetime = NOW
    zone: LandingZone = field(default_factory=zone)

    def world(self, journal: Journal) -> verify_runtime.World:
        names = ("agentcore", "state", "evidence", "findings", "queue")
        ports: dict[str, Any] = {name: _Journaled(name, getattr(self, name), journal) for name in names}
        return verify_runtime.World(**ports, clock=lambda: self.now)

    def sweep_world(self, journal: Journal) -> sweep_runtimes.World:
        ports: dict[str, Any] = {n: _Journaled(n, getattr(self, n), journal) for n in ("agentcore", "state", "queue")}
        return sweep_runtimes.World(**ports)

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
