"""Back in: the fields that a back-out changed are put back, and only then is the switch engaged again."""

from dataclasses import replace

from guardrail.core.errors import GatewayError, GuardrailError
from guardrail.core.firewall.routes import Proof
from guardrail.core.order import Order
from guardrail.core.switch_record import Phase, SwitchRecord
from guardrail.core.undo import Side, Undo, labels
from guardrail.flows.answer import Answer, proof
from guardrail.flows.back_out_end import drop_end
from guardrail.flows.back_out_proof import prove
from guardrail.flows.back_out_told import told_ended, told_ending, told_stuck
from guardrail.flows.back_out_world import World
from guardrail.flows.change import Look, Sight, make
from guardrail.flows.direct import explained, returnable


def resume(order: Order, name: SwitchRecord, world: World) -> Answer:
    """Put back what a suspension changed, and end it.

    At the suspension's own end, and whenever `leave_changed` says so, what somebody else has changed since is left as
    it is and named: one such field must not keep everything else backed out for ever.

    Raises:
        Refused: Somebody has changed a field since; nothing was changed.
        GatewayError: A system failed; the switch stays backed out.
    """
    record = world.free(name.scope, name.target)
    if not record.is_backed_out or order.ends not in (None, record.id):
        return Answer(proof=proof(Proof.PROVEN), notes=("that is over already",))
    ending = world.switches.write(record.at(Phase.ENDING, world.busy(record.undo)))
    if ending is None:
        return resume(order, name, world)
    return carry_back(ending, record, order, world)


def carry_back(ending: SwitchRecord, before: SwitchRecord, order: Order, world: World) -> Answer:
    """Put it back; whatever goes wrong, the switch stays backed out, as it was."""
    look = world.look(ending)
    if look is None or ending.undo is None:
        return _ended(ending, order, world, None, ())
    world.alone()
    try:
        return _change(ending, order, world, look, ending.undo)
    except GuardrailError as error:
        _still_held(ending, before, order, error, world)
        raise
    finally:
        world.no_longer_alone()


def _change(record: SwitchRecord, order: Order, world: World, look: Look, undo: Undo) -> Answer:
    sight = look()
    left = undo.foreign(sight.values())
    part = returnable(sight, undo, leave_changed=_leaves(order))
    notes: tuple[str, ...] = (f"left as somebody has changed it since: {labels(left)}",) if left else ()
    if part.fields:
        notes += told_ending(record, sight.shown(), part, world)
    after, failed = make(look, sight, part, Side.BEFORE)
    if failed is not None:
        raise failed
    return _ended(record, order, world, (sight, after), notes)


def _ended(
    record: SwitchRecord, order: Order, world: World, seen: tuple[Sight, Sight] | None, notes: tuple[str, ...]
) -> Answer:
    """Everything is back: engage the switch, prove it, record it, tell people."""
    world.written(record.engaged())
    notes += drop_end(record, world)
    answer = Answer(
        before={"switch": "backed-out"}, after={"switch": "engaged"}, proof=proof(Proof.PROVEN), notes=notes
    )
    if seen is not None:
        before, after = seen
        found, more = prove(after, record.before, Side.BEFORE, world)
        found = {**found, "effects": explained(before, after)}
        answer = Answer(before=before.shown(), after=after.shown(), proof=found, undo=record.undo, notes=notes + more)
    why = "its time is over" if order.ends is not None else "somebody asked for it"
    return replace(answer, notes=answer.notes + told_ended(record, answer, why, world))


def _still_held(ending: SwitchRecord, before: SwitchRecord, order: Order, error: GuardrailError, world: World) -> None:
    """Let go of it; at its own end, tell people once why it does not end.

    What may have been changed is taken up by the regular check; where nothing was, it is as it was before.
    """
    unsure = isinstance(error, GatewayError) and error.retryable
    stuck = str(error) if order.ends is not None else before.stuck
    world.switches.write(ending.at(Phase.ENDING if unsure else before.phase, stuck=stuck))
    if stuck != before.stuck:
        told_stuck(ending, stuck, world)


def _leaves(order: Order) -> bool:
    return order.leave_changed or order.ends is not None
