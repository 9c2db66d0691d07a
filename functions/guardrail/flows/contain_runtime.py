"""The response to one runtime: at most one change, recorded before and after, under the lease of its look."""

from dataclasses import dataclass, replace

from guardrail.core.errors import GatewayError
from guardrail.core.evidence import EvidenceRecord, RecordKind
from guardrail.core.runtimes.act_record import intent_body, outcome_body
from guardrail.core.runtimes.case import LOOK_AGAIN_SECONDS
from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.ladder import LONGEST_WAIT_SECONDS, next_step
from guardrail.core.runtimes.response import ResponseMode
from guardrail.core.runtimes.step import Step, StepKind
from guardrail.core.runtimes.verdict import Compliance
from guardrail.core.switch import Scope
from guardrail.flows.record import keep, tell_once
from guardrail.flows.runtime_world import MAX_ATTEMPTS, World
from guardrail.flows.sight import Sight
from guardrail.flows.turn import Turn
from guardrail.ports.runtimes import Effect, Lease, Taken

_DENIED = frozenset({"AccessDenied", "AccessDeniedException"})


@dataclass(frozen=True, slots=True)
class Progress:
    """What was done about a runtime.

    Attributes:
        did: "", `waits`, `escalated`, `suspended`, `stopped`, or what came of the change (`Effect`), or `unknown`.
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
            _close(sight, lease, "gone", world)
        return Progress("", StepKind.NONE, history)
    turn = Turn(sight, sight.snapshot, sight.verdict, history, lease, world)
    step = next_step(turn.snapshot, turn.verdict, sight.policy, history, at=world.clock())
    if lease.opened:
        _end(turn, step)
    if world.bounds.is_ours(sight.look.event):
        return Progress("", StepKind.NONE, history)
    return _change_unless_withheld(turn, step) if step.changes_something else _rest(turn, step)


def _rest(turn: Turn, step: Step) -> Progress:
    """Nothing to change now: wait, a bounded number of looks, leave it to people, or be done."""
    patience = turn.sight.look.attempt < MAX_ATTEMPTS
    if step.kind is StepKind.ESCALATE or (step.kind is StepKind.WAIT and not patience):
        return Progress("escalated", StepKind.ESCALATE, _escalated(turn, step.why))
    at_rest = step.kind is StepKind.NONE and turn.verdict.compliance is Compliance.COMPLIANT
    history = turn.history.at_rest(turn.world.clock()) if at_rest else turn.history
    if step.delay_seconds is not None and patience:
        return Progress("waits", step.kind, turn.ask_again(step.delay_seconds, history))
    return Progress("", step.kind, history)


def _change_unless_withheld(turn: Turn, step: Step) -> Progress:
    """The switch is read anew for every change. The breaker counts what is begun, so it is asked last."""
    world, bounds = turn.world, turn.world.bounds
    if not world.switches.engaged(Scope.RESPONSE):
        tell_once("suspended", "The response is backed out; `guardrail status` says until when", turn.sight, world)
        return Progress("suspended", step.kind, turn.history)
    seconds = int(bounds.window.total_seconds())
    if not world.state.admit("changes", world.clock(), seconds, bounds.changes):
        did = f"{bounds.changes} changes were made within {seconds} seconds; verdicts are still recorded"
        tell_once("breaker", did, turn.sight, world, seconds)
        history = turn.ask_again(min(seconds, LONGEST_WAIT_SECONDS), turn.history)
        return Progress("stopped", step.kind, history)
    return _change(turn, step)


def _change(turn: Turn, step: Step) -> Progress:
    """Record, see that the lease is still ours, change, record."""
    name = f"{turn.lease.fence:06d}-{step.kind}"
    intent = intent_body(turn.snapshot, turn.sight.digest, step, turn.sight.policy.mode)
    turn.keep(RecordKind.INTENT, name, intent)
    begun = turn.history.begun(step, turn.world.clock(), turn.sight.policy.window)
    turn.world.state.begin(turn.lease, begun, name)
    try:
        taken = turn.world.agentcore.take(step)
    except GatewayError as error:
        turn.keep(RecordKind.OUTCOME, name, outcome_body(intent, "unknown", error.code))
        return Progress("unknown", step.kind, _hurried(turn, begun, error.code), opened=name)
    body = outcome_body(intent, taken.effect.value, taken.code, taken.version)
    return _after(turn, step, taken, begun, turn.keep(RecordKind.OUTCOME, name, body))


def _after(turn: Turn, step: Step, taken: Taken, begun: History, place: str) -> Progress:
    """A change that was not made does not count as an attempt, but for one that is refused for good."""
    match taken.effect:
        case Effect.MADE | Effect.MADE_OTHERWISE:
            history, failure = _made(turn, step, taken, begun.done(step), place), None
        case Effect.REFUSED if taken.code in _DENIED:
            history, failure = _not_allowed(turn, step, taken, place)
        case Effect.REFUSED:
            history, failure = turn.ask_again(0, begun.refused(step, taken.code)), None
        case _:
            history, failure = _hurried(turn, turn.history, taken.code or taken.effect.value), None
    return Progress(taken.effect.value, step.kind, history, failure)


def _made(turn: Turn, step: Step, taken: Taken, history: History, place: str) -> History:
    turn.tell_of(step, place, otherwise=taken.effect is Effect.MADE_OTHERWISE)
    if step.kind is StepKind.REPAIR_NETWORK and step.version is not None:
        expected = step.version + 1
        if taken.version not in (None, expected):
            why = f"Somebody updated it at the same time: the repair is version {taken.version}, not {expected}"
            turn.call_for_help(why, place)
    return history if step.delay_seconds is None else turn.ask_again(step.delay_seconds, history, anew=True)


def _not_allowed(turn: Turn, step: Step, taken: Taken, place: str) -> tuple[History, GatewayError]:
    """Our own role may not make the change: people are told once, and the message becomes a dead letter."""
    operation = "" if step.call is None else f"{step.call.service}:{step.call.operation}"
    why = f"The guardrail's own role may not call {operation} ({taken.code})"
    if turn.history.escalated != why:
        turn.call_for_help(why, place)
    return replace(turn.history, escalated=why), GatewayError(operation, taken.code, retryable=False)


def _hurried(turn: Turn, history: History, code: str) -> History:
    """Ask again what could not be done now, a bounded number of times; then people have to look."""
    if turn.sight.look.attempt < MAX_ATTEMPTS:
        return turn.ask_again(LOOK_AGAIN_SECONDS, history)
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


def _end(turn: Turn, step: Step) -> None:
    """Say how a change ended after which a crash came: the next step, computed from live state, shows it."""
    kind = StepKind(turn.lease.opened.partition("-")[2])
    observes = turn.sight.policy.mode is ResponseMode.OBSERVE
    found = "not known" if observes else ("not made" if step.kind is kind else "made")
    place = _close(turn.sight, turn.lease, found, turn.world)
    if found != "made":
        return
    try:
        turn.tell_of(Step(kind, "the look that made the change was interrupted"), place)
    except GatewayError:
        if not step.changes_something:  # whoever blocks the topic does not block containment; the record is kept
            raise


def _close(sight: Sight, lease: Lease, found: str, world: World) -> str:
    """Write the record that is missing after a change that was begun, and return where it is."""
    body = {"outcome": "interrupted", "found": found, "verdict_digest": sight.digest}
    name, subject = f"{lease.opened}-found", sight.look.subject
    return keep(EvidenceRecord(RecordKind.OUTCOME, subject, name, world.clock(), body), sight, world)
