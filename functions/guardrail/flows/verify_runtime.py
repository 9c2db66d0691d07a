"""Look at one runtime: judge its live state, record and report a changed verdict, and respond to it."""

from dataclasses import dataclass

from guardrail.core.errors import GatewayError
from guardrail.core.evidence import EvidenceRecord, RecordKind
from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.message import Look, Reason
from guardrail.core.runtimes.response import ResponseMode, ResponsePolicy
from guardrail.core.runtimes.step import StepKind
from guardrail.flows.contain_runtime import Progress, contain_runtime
from guardrail.flows.look_again import ask, is_asked, look_again
from guardrail.flows.overwriting import tell_if_overwritten
from guardrail.flows.record import keep, prospect, tell
from guardrail.flows.runtime_world import LEASE_SECONDS, MAX_ATTEMPTS, World
from guardrail.flows.sight import Sight, look_at
from guardrail.ports.runtimes import Lease


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a look led to, for the log line and the metrics.

    Attributes:
        did: `unchanged`, `reported`, `postponed` because somebody else looks at the same runtime; or, where a response
            was due, what came of it (`Progress.did`).
        compliance: The verdict's, or `gone`.
        step: The next step towards containment.
    """

    did: str
    compliance: str
    rules: tuple[str, ...]
    looks_again: bool
    step: StepKind = StepKind.NONE


def verify_runtime(look: Look, policy: ResponsePolicy, world: World) -> Outcome:
    """Judge the runtime as it is now. Nothing new and nothing to do: stop. Else lease, look again, record, respond.

    Raises:
        GatewayError: A system failed. Nothing is remembered that was not recorded, so the message may come back.
    """
    history = world.state.history(look.subject)
    sight = None if _goes_on(look, policy, history) else look_at(look, history, policy, world)
    if sight is not None and not sight.is_news and not sight.calls_for_response(world):
        return _outcome("unchanged", sight, looks_again=_ask_while_it_changes(sight, history, world))
    lease = world.state.lease(look.subject, world.clock(), LEASE_SECONDS)
    if lease is None:
        return _postpone(look, sight, history, world)
    dormant = None
    if sight is not None:
        known_still = lease.history == history
        dormant = sight.remembered.dormant if known_still else lease.history.dormant.under(policy.zone)
    unended = bool(lease.opened) and policy.mode is not ResponseMode.OBSERVE
    situated = unended or sight is None or sight.calls_for_response(world)
    sight = look_at(look, lease.history, policy, world, dormant=dormant, situated=situated)
    return _settle(sight, lease, world, situated=situated)


def _goes_on(look: Look, policy: ResponsePolicy, history: History) -> bool:
    """Whether a response is under way that this look goes on with: then the look before the lease would be wasted."""
    asked_for = look.reason is Reason.AGAIN and look.event is None and history.again_at is not None
    return policy.mode is not ResponseMode.OBSERVE and asked_for


def _settle(sight: Sight, lease: Lease, world: World, *, situated: bool) -> Outcome:
    """Record, report, respond, remember, in this order: a crash in between repeats, it never loses.

    A verdict that could not be reported stays news, and the message fails, once the response has had its turn.
    """
    began, history, did, untold = world.clock(), sight.remembered, "unchanged", None
    if sight.verdict_changed:
        untold = _record(sight, lease, world)
        if untold is None:
            history, did = history.after(sight.digest, sight.compliance, history.dormant), "reported"
    history, unpaged = tell_if_overwritten(sight, history, lease, world)
    progress = Progress("", StepKind.NONE, history)
    if situated or lease.opened:
        progress = contain_runtime(sight, history, lease, world)
    elif _begins_only_now(sight, world):
        progress = Progress("waits", StepKind.WAIT, _have_it_looked_at(sight, history, world))
    _remember(progress, lease, world)
    if failure := progress.failure or untold or unpaged:
        raise failure
    again_at = progress.history.again_at
    asked = again_at is not None and again_at >= began
    looks_again = asked or (not progress.did and _ask_while_it_changes(sight, progress.history, world))
    return _outcome(progress.did or did, sight, looks_again=looks_again, step=progress.step)


def _begins_only_now(sight: Sight, world: World) -> bool:
    """Whether it drifted between the two looks, or our own event is what shows a drift whose own event was lost."""
    return sight.calls_for_response(world) or (sight.verdict_changed and sight.shows_work(world))


def _have_it_looked_at(sight: Sight, history: History, world: World) -> History:
    """Have a look of its own respond, unless one is due soon anyway: then our own change wakes nobody."""
    if is_asked(history, world.bounds.wait_seconds, world):
        return history
    return look_again(sight.look.again(), 0, history, world)


def _record(sight: Sight, lease: Lease, world: World) -> GatewayError | None:
    """Keep the verdict, then report it; return why that failed: whoever blocks the topic must not block the rest."""
    zone, event = sight.policy.zone, sight.look.event
    sequence = lease.history.sequence + 1
    kind = RecordKind.GONE if sight.verdict is None else RecordKind.VERDICT
    body = {
        "account": zone.account,
        "region": zone.region,
        "sequence": sequence,
        "mode": sight.policy.mode.value,
        "landing_zone": zone.document(),
        "verdict": None if sight.verdict is None else sight.verdict.document(),
        "cause": None if event is None else event.document(),
    }
    name = f"{sequence:06d}-{sight.digest.removeprefix('sha256:')[:12]}"
    record = EvidenceRecord(kind, sight.look.subject, name, world.clock(), body)
    place = keep(record, sight, world)
    try:
        tell(prospect(sight, world), place, sight, world)
    except GatewayError as error:
        return error
    return None


def _remember(progress: Progress, lease: Lease, world: World) -> None:
    """Write what is new and give the lease back; a change of which nobody knows the end stays remembered as begun."""
    if progress.opened:
        world.state.begin(lease, progress.history, progress.opened)
        world.state.release(lease)
    elif progress.was_begun or lease.opened or progress.history != lease.history:
        world.state.commit(lease, progress.history)
    else:
        world.state.release(lease)


def _postpone(look: Look, sight: Sight | None, history: History, world: World) -> Outcome:
    """Somebody else looks at the runtime. One who never ends keeps news from being recorded: people must know.

    What is no news needs no second message while a look is on the queue anyway.
    """
    if sight is not None and not sight.is_news and is_asked(history, world.bounds.wait_seconds, world):
        return _outcome("unchanged", sight, looks_again=True)
    if not ask(look.later(), world):
        raise GatewayError("verify_runtime", f"the lease was held at {MAX_ATTEMPTS} looks in a row", retryable=True)
    if sight is None:
        return Outcome("postponed", history.compliance, (), looks_again=True)
    return _outcome("postponed", sight, looks_again=True)


def _ask_while_it_changes(sight: Sight, history: History, world: World) -> bool:
    """Have a look on the queue while AgentCore changes the runtime; for our own change there is one already."""
    if not sight.in_transition or world.bounds.is_ours(sight.look.event):
        return False
    return is_asked(history, world.bounds.wait_seconds, world) or ask(sight.look.again(), world)


def _outcome(did: str, sight: Sight, *, looks_again: bool, step: StepKind = StepKind.NONE) -> Outcome:
    rules = dict.fromkeys(violation.rule.value for violation in sight.verdict.violations) if sight.verdict else {}
    return Outcome(did, sight.compliance, tuple(rules), looks_again, step)
