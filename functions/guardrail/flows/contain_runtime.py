"""The response to one runtime: at most one change, recorded before and after, under the lease of its look."""

from dataclasses import dataclass, replace

from guardrail.core.errors import GatewayError
from guardrail.core.evidence import RecordKind
from guardrail.core.runtimes.act_record import intent_body, outcome_body
from guardrail.core.runtimes.breaker import Admission, Slot
from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.ladder import LONGEST_WAIT_SECONDS, next_step
from guardrail.core.runtimes.message import Look, Reason
from guardrail.core.runtimes.step import Step, StepKind
from guardrail.core.runtimes.verdict import Compliance
from guardrail.core.switch import Scope
from guardrail.flows.interrupted import close_interrupted, end_interrupted
from guardrail.flows.record import tell_once
from guardrail.flows.runtime_world import MAX_ATTEMPTS, World
from guardrail.flows.sight import Sight
from guardrail.flows.turn import Turn
from guardrail.ports.runtimes import Effect, Lease, Taken

_CHANGES = "changes"
_FORBIDDEN = frozenset({"AccessDenied", "AccessDeniedException"})
"""Our own role lacks a permission."""

_CHANGED_NOTHING = frozenset({Effect.REFUSED, Effect.NOT_NOW, Effect.OVERTAKEN})


@dataclass(frozen=True, slots=True)
class Progress:
    """What was done about a runtime.

    Attributes:
        did: "", `waits`, `escalated`, `suspended`, `stopped` or `held` by the breaker (`Admission`), or what came of
            the change (`Effect`), or `unknown`.
        history: What is to be remembered.
        failure: What the message has to fail with, once that is remembered; None when nothing is wrong.
        opened: Name of the change of which nobody knows the end, so that it has to stay remembered as begun, or "".
    """

    did: str
    step: StepKind
    history: History
    failure: GatewayError | None = None
    opened: str = ""

    @property
    def was_begun(self) -> bool:
        """Whether a change was written down as begun."""
        return self.did in list(Effect)


def contain_runtime(sight: Sight, history: History, lease: Lease, world: World) -> Progress:
    """Take the next step, if one is due and nobody has stopped the response.

    Args:
        sight: Situated, read under the lease.
        history: With the verdict of this look, which is recorded already.

    Raises:
        GatewayError: A record could not be kept, or the lease was lost; nothing was changed.
    """
    if sight.snapshot is None or sight.verdict is None:
        if lease.opened:
            close_interrupted(sight, lease, "gone", world)
        return Progress("", StepKind.NONE, history)
    if _may_be_permitted_by_now(sight.look, history):
        history = history.permitted_again(_FORBIDDEN)
    turn = Turn(sight, sight.snapshot, sight.verdict, history, lease, world)
    step = next_step(turn.snapshot, turn.verdict, sight.policy, history, at=world.clock())
    if lease.opened:
        end_interrupted(turn, step)
    if world.bounds.is_ours(sight.look.event):
        return Progress("", StepKind.NONE, history)
    return _change_unless_withheld(turn, step) if step.changes_something else _rest(turn, step)


def _may_be_permitted_by_now(look: Look, history: History) -> bool:
    """Whether what was forbidden is worth another try: an operator says so, or people were called and a sweep asks."""
    return look.reason is Reason.OPERATOR or (look.reason is Reason.SWEEP and bool(history.escalated))


def _rest(turn: Turn, step: Step) -> Progress:
    """Nothing to change now: wait, a bounded number of looks, leave it to people, or be done."""
    patience = turn.sight.look.attempt < MAX_ATTEMPTS
    if step.kind is StepKind.ESCALATE or (step.kind is StepKind.WAIT and not patience):
        return Progress("escalated", StepKind.ESCALATE, _escalated(turn, step.why))
    at_rest = step.kind is StepKind.NONE and turn.verdict.compliance is Compliance.COMPLIANT
    history = turn.history.at_rest(turn.world.clock()) if at_rest else turn.history
    if step.delay_seconds is not None and patience:
        seconds = turn.world.bounds.pace(step.delay_seconds)
        return Progress("waits", step.kind, turn.ask_again(seconds, history))
    return Progress("", step.kind, history)


def _change_unless_withheld(turn: Turn, step: Step) -> Progress:
    """The switch is read anew for every change. The breaker counts what is begun, so it is asked last.

    What is known to have changed nothing counts no more, so that nobody uses the breaker up by having us refused.
    """
    world = turn.world
    if not world.switches.engaged(Scope.RESPONSE):
        tell_once("suspended", "The response is backed out; `guardrail status` says until when", turn.sight, world)
        history = turn.ask_again(LONGEST_WAIT_SECONDS, turn.history, anew=True)
        return Progress("suspended", step.kind, history)
    slot = Slot(world.clock(), turn.sight.look.subject)
    admission = world.state.admit(_CHANGES, slot, world.bounds.breaker)
    if admission is not Admission.ADMITTED:
        return _withheld(turn, step, admission)
    progress = _change(turn, step)
    if progress.did in _CHANGED_NOTHING:
        world.state.give_back(_CHANGES, slot)
    return progress


def _withheld(turn: Turn, step: Step, admission: Admission) -> Progress:
    """Wait for the window's end. People are told of everybody's once a window, of one runtime's once an hour."""
    bounds, subject = turn.world.bounds, turn.sight.look.subject
    seconds = int(bounds.window.total_seconds())
    if admission is Admission.FULL:
        did = f"{bounds.changes} changes were made within {seconds} seconds; verdicts are still recorded"
        tell_once("breaker", did, turn.sight, turn.world, seconds)
    else:
        did = f"It was changed within {seconds} seconds already; what is left of {bounds.changes} changes is for others"
        tell_once(f"held-{subject}", did, turn.sight, turn.world)
    history = turn.ask_again(min(seconds, LONGEST_WAIT_SECONDS), turn.history)
    return Progress(admission.value, step.kind, history)


def _change(turn: Turn, step: Step) -> Progress:
    """Record, see that the lease is still ours, change, record."""
    name = f"{turn.lease.fence:06d}-{step.kind}"
    intent = intent_body(turn.snapshot, turn.sight.digest, step, turn.sight.policy.mode)
    turn.keep(RecordKind.INTENT, name, intent)
    begun = turn.history.begun(step, turn.world.clock(), turn.sight.policy.window, turn.sight.at)
    turn.world.state.begin(turn.lease, begun, name)
    try:
        taken = turn.world.agentcore.take(step)
    except GatewayError as error:
        turn.keep(RecordKind.OUTCOME, name, outcome_body(intent, "unknown", error.code))
        return Progress("unknown", step.kind, _hurried(turn, step, begun, error.code), opened=name)
    body = outcome_body(intent, taken.effect.value, taken.code, taken.version)
    return _after(turn, step, taken, begun, turn.keep(RecordKind.OUTCOME, name, body))


def _after(turn: Turn, step: Step, taken: Taken, begun: History, place: str) -> Progress:
    """A change that was not made does not count as an attempt, but for one that is refused for good."""
    failure = None
    match taken.effect:
        case Effect.MADE | Effect.MADE_OTHERWISE:
            history = _made(turn, step, taken, begun.done(step), place)
        case Effect.REFUSED:
            failure = turn.told_forbidden(step, taken) if taken.code in _FORBIDDEN else None
            history = turn.ask_again(0, begun.refused(step, taken.code))
        case _:
            history = _hurried(turn, step, turn.history, taken.code or taken.effect.value)
    return Progress(taken.effect.value, step.kind, history, failure)


def _made(turn: Turn, step: Step, taken: Taken, history: History, place: str) -> History:
    turn.tell_of(step, place, otherwise=taken.effect is Effect.MADE_OTHERWISE)
    if step.kind is StepKind.REPAIR_NETWORK and step.version is not None:
        expected = step.version + 1
        if taken.version not in (None, expected):
            why = f"Somebody updated it at the same time: the repair is version {taken.version}, not {expected}"
            turn.call_for_help(why, place)
    if step.delay_seconds is None:
        return history
    return turn.ask_again(turn.world.bounds.pace(step.delay_seconds), history, anew=True)


def _hurried(turn: Turn, step: Step, history: History, code: str) -> History:
    """Ask again what could not be done now, a bounded number of times; then people have to look."""
    if turn.sight.look.attempt < MAX_ATTEMPTS:
        bounds = turn.world.bounds
        denies = step.kind is StepKind.DENY_INVOCATION
        return turn.ask_again(bounds.soon_seconds if denies else bounds.wait_seconds, history)
    escalated = _escalated(turn, f"AgentCore could not be changed at {MAX_ATTEMPTS} looks in a row ({code})").escalated
    return replace(history, escalated=escalated)


def _escalated(turn: Turn, why: str) -> History:
    """The history with this reason; people are told of each reason once."""
    if turn.history.escalated != why:
        zone = turn.sight.policy.zone
        body = {"account": zone.account, "region": zone.region, "why": why, "verdict_digest": turn.sight.digest}
        place = turn.keep(RecordKind.ESCALATED, f"{turn.lease.fence:06d}-{StepKind.ESCALATE}", body)
        turn.call_for_help(why, place)
    return replace(turn.history, escalated=why)
