"""Back out of one scope: the switch first, then one change, then the proof, the record and the end."""

from dataclasses import replace

from guardrail.core.errors import GatewayError, GuardrailError
from guardrail.core.firewall.insertion import Refused
from guardrail.core.firewall.routes import Proof
from guardrail.core.order import Order, in_words
from guardrail.core.switch import Scope, Suspension
from guardrail.core.switch_record import Phase, SwitchRecord
from guardrail.core.undo import Side, Undo
from guardrail.flows.answer import Answer, proof
from guardrail.flows.back_out_end import put_end
from guardrail.flows.back_out_proof import prove, shown_before
from guardrail.flows.back_out_told import told_begun, told_held
from guardrail.flows.back_out_world import BUSY, World
from guardrail.flows.change import Look, Sight, make
from guardrail.flows.direct import NOTHING, explained, proof_by_controller, undone

ROUNDS = 20
"""How often somebody else may be faster before we give up."""
STILL_RUNNING = "a run of the reconciler was still going on; it reads the switch before each of its changes"


def suspend(order: Order, scope: Scope, target: str, caller: str | None, world: World) -> Answer:
    """Back out, or say that it is done already; whoever asks the same at the same time gets the same answer.

    Raises:
        Refused: It is suspended by another order, or one call does not do it; nothing was changed.
        GatewayError: A system failed. What is unfinished is taken up by the next call, or by the regular check.
    """
    for _ in range(ROUNDS):
        record = world.free(scope, target)
        refuse_another(order, record, world)
        if record.is_backed_out and record.phase is Phase.HELD and not record.is_overdue(world.clock()):
            return replace(_kept(record), notes=("done already",))
        begun = world.switches.write(_begun(record, order, caller, world))
        if begun is not None:
            return carry_out(begun, order, world)
    raise GatewayError("switch", "other calls were always faster", retryable=True)


def refuse_another(order: Order, record: SwitchRecord, world: World) -> None:
    """Let pass what is not backed out, or backed out by the same order.

    Raises:
        Refused: Another order is in force, or this one is being taken back.
    """
    if not record.is_backed_out:
        return
    if record.order != order.identity(record.scope, world.place.prefix):
        other = f"something else is in force until {record.until_text}: {in_words(record.order or {})}"
        raise Refused(f"{record.name}: {other}; restore it first")
    if record.phase is Phase.ENDING:
        raise Refused(f"{record.name}: it is being taken back; restore finishes that")


def carry_out(record: SwitchRecord, order: Order, world: World) -> Answer:
    """Do what a switch that is written says is to be done."""
    look = world.look(record)
    if look is None:
        return _held(replace(record, result={"before": {"switch": "engaged"}}), world, None, ())
    alone = world.alone()
    try:
        answer = _change(record, order, world, look)
        return answer if alone else replace(answer, notes=(*answer.notes, STILL_RUNNING))
    finally:
        world.no_longer_alone()


def _begun(record: SwitchRecord, order: Order, caller: str | None, world: World) -> SwitchRecord:
    """Back out; what died half-way, or is about to end, is taken up with its undo: the first state before stays."""
    busy, now = world.busy(record.undo, detaches=order.allow_detach), world.clock()
    until = now + order.time
    held = Suspension(record.scope, record.target, now, until, order.reason, order.claimed_by, caller)
    if not record.is_backed_out:
        return record.begun(held, order.identity(record.scope, world.place.prefix), busy)
    if record.is_overdue(now):
        return record.at(Phase.BEGUN, busy, suspension=held, reminded=False, stuck="")
    return record.at(Phase.BEGUN, busy)


def _change(record: SwitchRecord, order: Order, world: World, look: Look) -> Answer:
    try:
        sight = look()
        undo = record.undo or sight.plan(order)
    except GuardrailError:
        if record.undo is None:
            world.written(record.engaged())
        raise
    if not undo.fields:
        world.written(record.engaged())
        shown, found = sight.shown(), proof_by_controller(record.scope)
        return Answer(before=shown, after=shown, proof=found, notes=(NOTHING,))
    before = record.before or shown_before(sight, world)  # of whoever began, if it was another
    notes = told_begun(record, before, undo, sight.would(undo, Side.AFTER), world)
    record = world.written(record.at(Phase.BEGUN, record.busy_until, undo=undo, result={"before": before}))
    after, failed = make(look, sight, undo, Side.AFTER)
    if failed is not None:
        raise _not_made(record, after, undo, failed, world)
    return _held(record, world, (undone(sight, undo), after), notes)


def _not_made(record: SwitchRecord, seen: Sight, undo: Undo, error: GatewayError, world: World) -> GatewayError:
    """Engage the switch again if the controller refused for good; else leave the rest to the next call."""
    refused = not error.retryable and undo.is_at(Side.BEFORE, seen.values())
    world.written(record.engaged() if refused else record.at(Phase.BEGUN))
    return error


def _held(record: SwitchRecord, world: World, seen: tuple[Sight, Sight] | None, notes: tuple[str, ...]) -> Answer:
    """The change is made: see to it that it ends, prove it, record it, tell people.

    Args:
        seen: What was there before and is there now; None of the response, which is only a switch.
    """
    after = {"switch": "backed-out"} if seen is None else seen[1].shown()
    shown = {"before": record.before, "after": after}
    record = world.written(record.at(Phase.HELD, world.clock() + BUSY, result=shown))
    notes += put_end(record, world)
    answer = _answer(record, world, seen, notes)
    answer = replace(answer, notes=answer.notes + told_held(record, answer, world))
    world.switches.write(record.at(Phase.HELD, result={**shown, "proof": answer.proof}))
    return answer


def _answer(record: SwitchRecord, world: World, seen: tuple[Sight, Sight] | None, notes: tuple[str, ...]) -> Answer:
    answer = replace(_kept(record), notes=notes)
    if seen is None:
        return replace(answer, proof=proof(Proof.PROVEN))
    proven, more = prove(seen[1], answer.before, Side.AFTER, world)
    return replace(answer, proof={**proven, "effects": explained(*seen)}, notes=notes + more)


def _kept(record: SwitchRecord) -> Answer:
    """Return what is known of a change that is made: a proof that nobody has made yet is not claimed."""
    found = proof_by_controller(record.scope)
    until = None if record.suspension is None else record.suspension.until
    return Answer(**{"proof": found, **(record.result or {})}, until=until, undo=record.undo)
