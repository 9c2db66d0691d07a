"""Look at one runtime: judge its live state, and record and report the verdict when it changed."""

from dataclasses import dataclass, replace

from guardrail.core.errors import GatewayError
from guardrail.core.evidence import EvidenceRecord, RecordKind
from guardrail.core.runtimes.finding import Finding
from guardrail.core.runtimes.history import GONE, DormantVersions, History, unread_dormant, with_remembered
from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.message import Look, Reason
from guardrail.core.runtimes.response import ResponseMode
from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.verdict import Verdict, judge
from guardrail.ports import AgentCore, Clock, Evidence, Findings, Lease, Queue, State

LEASE_SECONDS = 90
"""Longer than the function may run, so that a lease never ends under a function that still works."""

LOOK_AGAIN_SECONDS = 30
MAX_ATTEMPTS = 20
"""Looks in a row at a runtime that does not settle; after that the sweep is soon enough."""

DORMANT_READS_A_DAY = 1_000
DORMANT_READS_A_LOOK = 50


@dataclass(frozen=True, slots=True)
class World:
    """What this use case needs."""

    agentcore: AgentCore
    state: State
    evidence: Evidence
    findings: Findings
    queue: Queue
    clock: Clock


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look showed, beside what was recorded before. `verdict` is None for a runtime that is gone."""

    verdict: Verdict | None
    digest: str
    in_transition: bool
    history: History
    dormant: DormantVersions

    @property
    def verdict_changed(self) -> bool:
        """Whether there is something to record and to report."""
        never_seen_and_gone = self.verdict is None and not self.history.digest
        return self.digest != self.history.digest and not never_seen_and_gone

    @property
    def is_news(self) -> bool:
        """Whether there is anything to write."""
        return self.verdict_changed or self.dormant != self.history.dormant


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a look led to, for the log line and the metrics.

    Attributes:
        did: `reported`, `unchanged`, or `postponed` because somebody else looks at the same runtime.
        compliance: The verdict's, or `gone`.
    """

    did: str
    compliance: str
    rules: tuple[str, ...]
    looks_again: bool


def verify_runtime(look: Look, zone: LandingZone, world: World) -> Outcome:
    """Judge the runtime as it is now. Nothing new: stop. Else lease, look again, record, report, remember.

    Raises:
        GatewayError: A system failed. Nothing is remembered that was not recorded, so the message may come back.
    """
    history = world.state.history(look.runtime_id)
    sight = _look(look, history, zone, world)
    did = "unchanged"
    if sight.is_news:
        lease = world.state.lease(look.runtime_id, world.clock(), LEASE_SECONDS)
        if lease is None:
            return _postpone(look, sight, world)
        dormant = sight.dormant if lease.history == history else lease.history.dormant.under(zone)
        sight = _look(look, lease.history, zone, world, dormant=dormant)
        did = _settle(look, sight, lease, zone, world)
    return _outcome(did, sight, looks_again=sight.in_transition and _look_again(look, world))


def _look(
    look: Look, history: History, zone: LandingZone, world: World, *, dormant: DormantVersions | None = None
) -> Sight:
    """Read and judge. `dormant` is what an earlier look knows already; then no dormant version is read."""
    snapshot = world.agentcore.snapshot(look.runtime_id)
    if snapshot is None:
        return Sight(None, GONE, False, history, history.dormant)
    if dormant is None:
        dormant = history.dormant.under(zone)
        if look.reason is Reason.SWEEP:
            dormant = _read_dormant(snapshot, dormant, zone, world)
    verdict = judge(with_remembered(snapshot, dormant), zone)
    return Sight(verdict, verdict.document()["digest"], snapshot.in_transition, history, dormant)


def _read_dormant(snapshot: Snapshot, dormant: DormantVersions, zone: LandingZone, world: World) -> DormantVersions:
    """Read versions that no endpoint serves, each once, as far as today's budget goes."""
    wanted = unread_dormant(snapshot, dormant)[:DORMANT_READS_A_LOOK]
    if not wanted or snapshot.runtime_id is None:
        return dormant
    budget = f"dormant-reads-{world.clock():%Y-%m-%d}"
    granted = world.state.spend(budget, len(wanted), DORMANT_READS_A_DAY)
    return dormant.with_read(world.agentcore.versions(snapshot.runtime_id, wanted[:granted]), zone)


def _settle(look: Look, sight: Sight, lease: Lease, zone: LandingZone, world: World) -> str:
    """Record, report, remember, in this order: a crash in between repeats, it never loses."""
    if not sight.is_news:
        world.state.release(lease)
        return "unchanged"
    if not sight.verdict_changed:
        world.state.commit(lease, replace(lease.history, dormant=sight.dormant))
        return "unchanged"
    now, sequence = world.clock(), lease.history.sequence + 1
    kind = RecordKind.GONE if sight.verdict is None else RecordKind.VERDICT
    body = {
        "account": zone.account,
        "region": zone.region,
        "sequence": sequence,
        "mode": ResponseMode.OBSERVE.value,
        "landing_zone": zone.document(),
        "verdict": None if sight.verdict is None else sight.verdict.document(),
        "cause": None if look.event is None else look.event.document(),
    }
    name = f"{sequence:06d}-{sight.digest.removeprefix('sha256:')[:12]}"
    place = world.evidence.append(EvidenceRecord(kind, look.runtime_id, name, now, body))
    if sight.verdict is not None:
        previous = lease.history.compliance
        world.findings.report(Finding(zone.account, zone.region, sight.verdict, look.event, previous, place, now))
    world.state.commit(lease, lease.history.after(sight.digest, _compliance(sight), sight.dormant))
    return "reported"


def _postpone(look: Look, sight: Sight, world: World) -> Outcome:
    """Somebody else looks at the runtime. One who never ends keeps news from being recorded: people must know."""
    if not _look_again(look, world):
        raise GatewayError("verify_runtime", f"the lease was held at {MAX_ATTEMPTS} looks in a row", retryable=True)
    return _outcome("postponed", sight, looks_again=True)


def _look_again(look: Look, world: World) -> bool:
    """Ask again later, a bounded number of times. Returns whether it was asked."""
    if look.attempt >= MAX_ATTEMPTS:
        return False
    world.queue.send([(look.again(), LOOK_AGAIN_SECONDS)])
    return True


def _compliance(sight: Sight) -> str:
    return GONE if sight.verdict is None else sight.verdict.compliance.value


def _outcome(did: str, sight: Sight, *, looks_again: bool) -> Outcome:
    rules = dict.fromkeys(violation.rule.value for violation in sight.verdict.violations) if sight.verdict else {}
    return Outcome(did, _compliance(sight), tuple(rules), looks_again)
