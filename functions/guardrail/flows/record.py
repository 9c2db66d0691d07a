"""What is kept and told about a look: the record first, then the report, whoever blocks the bucket."""

from datetime import timedelta

from guardrail.core.errors import GatewayError
from guardrail.core.evidence import EvidenceRecord
from guardrail.core.runtimes.breaker import Admission, Breaker, Slot
from guardrail.core.runtimes.finding import Finding
from guardrail.core.runtimes.grace import acting, warned
from guardrail.core.runtimes.history import PATIENCE
from guardrail.core.runtimes.reaction import FindingKind, Reaction, lifetimes
from guardrail.core.runtimes.response import ResponseMode
from guardrail.flows.runtime_world import World
from guardrail.flows.sight import Sight

PAGE_SECONDS = 3_600
"""Of what concerns every runtime, people are told once in so long, not for each runtime."""


def keep(record: EvidenceRecord, sight: Sight, world: World) -> str:
    """Write the record to the bucket; where that fails, to the state table, until a sweep moves it. Return where it is.

    In OBSERVE nothing hurries: the message comes back until the bucket takes the record.

    Raises:
        GatewayError: Neither took it; then nothing may be changed.
    """
    try:
        return world.evidence.append(record)
    except GatewayError as error:
        if sight.policy.mode is ResponseMode.OBSERVE:
            raise
        place = world.state.park(record)
        tell_once("evidence", f"The evidence bucket takes no records, they wait in the table ({error})", sight, world)
        return place


def tell(reaction: Reaction | None, evidence: str, sight: Sight, world: World) -> None:
    """Report the verdict, or what was done about it; there is nothing to tell of a runtime that is gone."""
    if sight.verdict is None or sight.snapshot is None:
        return
    finding = Finding(
        sight.policy.zone.account,
        sight.policy.zone.region,
        sight.verdict,
        sight.look.event,
        sight.history.compliance,
        evidence,
        world.clock(),
        reaction,
        {} if reaction is None else lifetimes(sight.snapshot, sight.verdict),
    )
    world.findings.report(finding)


def tell_once(topic: str, did: str, sight: Sight, world: World, seconds: int = PAGE_SECONDS) -> None:
    """Tell people what concerns every runtime, once in so many seconds.

    What nobody was told of does not count, and nothing waits for it: what is told here lasts, so that the next look
    that meets it tries again.
    """
    if sight.verdict is None:
        return
    page, slot = f"page-{topic}", Slot(world.clock(), "")
    if world.state.admit(page, slot, Breaker(1, timedelta(seconds=seconds))) is not Admission.ADMITTED:
        return
    try:
        tell(Reaction(sight.policy.mode, did, FindingKind.STOPPED), "none", sight, world)
    except GatewayError:
        world.state.give_back(page, slot)


def prospect(sight: Sight, world: World) -> Reaction | None:
    """Return what the response is going to do about a verdict; None in OBSERVE, where it does nothing."""
    mode, verdict = sight.policy.mode, sight.verdict
    if mode is ResponseMode.OBSERVE or verdict is None:
        return None
    now = world.clock()
    repairs = ", repairs the runtime and moves its endpoints" if mode is ResponseMode.REPAIR else ""
    did = "Nothing has to be changed now"
    if verdict.unread:
        did = _unjudged(sight)
    if acting(verdict, sight.policy, sight.remembered, now):
        did = f"It denies new invocations{repairs}" if verdict.tool is None else "It changes no tool: a person has to"
    elif verdict.missing:
        did = f"It looks again, and if a version is still missing then, it denies new invocations{repairs}"
    return Reaction(mode, did, due=warned(verdict, sight.policy, sight.remembered, now))


def _unjudged(sight: Sight) -> str:
    state = "It is NOT denied" if sight.remembered.denial is None else "The denial that was made stays"
    hours = PATIENCE.total_seconds() / 3600
    return (
        f"Not all of it could be read, so it cannot be judged. {state}. If that lasts {hours:g} h, a person is called"
    )
