"""One look at one runtime: what is there now, judged, beside what was recorded before."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from guardrail.core.runtimes.exemption import NONE
from guardrail.core.runtimes.grace import with_deadlines
from guardrail.core.runtimes.history import GONE, DormantVersions, History, unread_dormant, with_remembered
from guardrail.core.runtimes.ladder import is_called_for
from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.message import Look, Reason
from guardrail.core.runtimes.missing import with_missing
from guardrail.core.runtimes.overwriting import may_be_overwritten
from guardrail.core.runtimes.response import ResponsePolicy
from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.verdict import Compliance, Verdict, judge
from guardrail.flows.runtime_world import World

DORMANT_READS_A_DAY = 1_000
DORMANT_READS_A_LOOK = 50


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look showed.

    Attributes:
        snapshot, verdict: None for a runtime that is gone.
        digest: The verdict's digest, or `gone`.
        history: As recorded before this look.
        remembered: The same with what this look adds to it but the verdict: dormant and missing versions, deadlines.
        at: When it began to read (UTC).
        may_have_overwritten: A change of ours may have replaced the resource policy that its event tells of.
    """

    look: Look
    policy: ResponsePolicy
    snapshot: Snapshot | None = field(repr=False)
    verdict: Verdict | None
    digest: str
    history: History
    remembered: History
    at: datetime
    may_have_overwritten: bool = False

    @property
    def compliance(self) -> str:
        """The verdict's compliance, or `gone`."""
        return GONE if self.verdict is None else self.verdict.compliance.value

    @property
    def in_transition(self) -> bool:
        """Whether AgentCore still changes it."""
        return self.snapshot is not None and self.snapshot.in_transition

    @property
    def verdict_changed(self) -> bool:
        """Whether there is something to record and to report."""
        never_seen_and_gone = self.verdict is None and not self.history.digest
        return self.digest != self.history.digest and not never_seen_and_gone

    @property
    def is_news(self) -> bool:
        """Whether there is anything to write or to tell."""
        return self.verdict_changed or self.remembered != self.history or self.may_have_overwritten

    def calls_for_response(self, world: World) -> bool:
        """Whether there may be something to do. What we did ourselves is only judged: a look of its own goes on."""
        return not world.bounds.is_ours(self.look.event) and self.shows_work(world)

    def shows_work(self, world: World) -> bool:
        """Whether there may be something to do, whoever's call it was that led here."""
        if self.verdict is None:
            return False
        return is_called_for(self.verdict, self.policy, self.history, at=world.clock())


def look_at(
    look: Look,
    history: History,
    policy: ResponsePolicy,
    world: World,
    *,
    dormant: DormantVersions | None = None,
    situated: bool = False,
) -> Sight:
    """Read and judge.

    Args:
        dormant: What an earlier look knows already; then no dormant version is read.
        situated: Read what a change has to know, too.
    """
    at = world.clock()
    snapshot = _read(look, world, situated=situated)
    if snapshot is None:
        return Sight(look, policy, None, None, GONE, history, history.without_response(), at)
    if dormant is None:
        dormant = history.dormant.under(policy.zone)
        if look.reason is Reason.SWEEP:
            dormant = _read_dormant(snapshot, dormant, policy.zone, world)
    verdict = _judged(with_remembered(snapshot, dormant), policy.zone, world)
    now = world.clock()
    remembered = with_missing(replace(history, dormant=dormant), verdict, now)
    remembered = with_deadlines(remembered, verdict, policy, now).having_read(now, everything=not verdict.unread)
    digest = verdict.document()["digest"]
    overwrote = not world.bounds.is_ours(look.event) and may_be_overwritten(look.event, history, snapshot.situation)
    return Sight(look, policy, snapshot, verdict, digest, history, remembered, at, overwrote)


def _read(look: Look, world: World, *, situated: bool) -> Snapshot | None:
    if look.tool is not None:
        return world.agentcore.tool(look.tool, look.runtime_id)
    return (world.agentcore.situated if situated else world.agentcore.snapshot)(look.runtime_id)


def _judged(snapshot: Snapshot, zone: LandingZone, world: World) -> Verdict:
    """Exemptions can only make a verdict better, so they are read only where it needs that."""
    verdict = judge(snapshot, zone)
    if verdict.compliance is not Compliance.NON_COMPLIANT:
        return verdict
    exemptions = world.switches.exemptions()
    return verdict if exemptions == NONE else judge(snapshot, zone, exemptions)


def _read_dormant(snapshot: Snapshot, dormant: DormantVersions, zone: LandingZone, world: World) -> DormantVersions:
    """Read versions that no endpoint serves, each once, as far as today's budget goes."""
    wanted = unread_dormant(snapshot, dormant)[:DORMANT_READS_A_LOOK]
    if not wanted or snapshot.runtime_id is None:
        return dormant
    budget = f"dormant-reads-{world.clock():%Y-%m-%d}"
    granted = world.state.spend(budget, len(wanted), DORMANT_READS_A_DAY)
    return dormant.with_read(world.agentcore.versions(snapshot.runtime_id, wanted[:granted]), zone)
