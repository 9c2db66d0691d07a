"""The regular check: what is overdue ends, what died half-way is finished or taken back, people are reminded."""

from dataclasses import replace
from typing import Any

from guardrail.core.errors import GuardrailError
from guardrail.core.firewall.routes import Proof
from guardrail.core.order import Command, Order
from guardrail.core.switch_record import Phase, SwitchRecord
from guardrail.core.undo import Side
from guardrail.flows.answer import Answer, proof
from guardrail.flows.back_out_end import drop_end
from guardrail.flows.back_out_told import told_reminder, told_rolled_back
from guardrail.flows.back_out_world import World
from guardrail.flows.change import Look
from guardrail.flows.resume import resume
from guardrail.flows.suspend import carry_out


def settle(world: World) -> Answer:
    """Look at every suspension that nobody is at. One that cannot be settled does not keep the others from it."""
    did: dict[str, Any] = {}
    for record in world.backed_out():
        if not record.is_busy(world.clock()):
            try:
                did[record.name] = _settled(record, world)
            except GuardrailError as error:
                did[record.name] = f"failed: {error}"
    failed = "; ".join(f"{name}: {what}" for name, what in did.items() if what.startswith("failed")) or None
    return Answer(done=failed is None, proof=proof(Proof.PROVEN), failed=failed, more={"settled": did})


def _settled(record: SwitchRecord, world: World) -> str:
    if record.is_overdue(world.clock()) or record.phase is Phase.ENDING:
        return "ended" if resume(Order(Command.RESTORE, ends=record.id), record, world).done else "not ended"
    if record.phase is Phase.BEGUN:
        return _finished(record, world)
    return "reminded" if remind(record, world) else "nothing"


def _finished(record: SwitchRecord, world: World) -> str:
    """A back-out that died, its caller saw an error: if its change is in force it is finished, if not taken back."""
    look = world.look(record)
    if look is not None and _is_undone(record, look):
        return _rolled_back(record, world)
    taken = world.switches.write(record.at(Phase.BEGUN, world.busy(record.undo)))
    if taken is None:
        return "nothing"
    carry_out(taken, Order(Command.BACK_OUT), world)
    return "finished"


def _is_undone(record: SwitchRecord, look: Look) -> bool:
    """Without an undo, nothing was called."""
    return record.undo is None or record.undo.is_at(Side.BEFORE, look().values())


def _rolled_back(record: SwitchRecord, world: World) -> str:
    if world.switches.write(record.engaged()) is None:
        return "nothing"
    drop_end(record, world)
    told_rolled_back(record, world)
    return "rolled back"


def remind(record: SwitchRecord, world: World) -> bool:
    """Remind people once, when it is time; say whether they were."""
    if record.reminded or record.phase is not Phase.HELD or world.clock() < record.reminds_at():
        return False
    if world.switches.write(replace(record, reminded=True)) is None:
        return False
    told_reminder(record, world)
    return True


def status(world: World, exemptions: list[dict[str, Any]]) -> Answer:
    """Say what is suspended, by whom, until when, and what fights it."""
    found = [_suspension(record, world) for record in world.backed_out()]
    return Answer(proof=proof(Proof.PROVEN), more={"suspensions": found, "exemptions": exemptions})


def _suspension(record: SwitchRecord, world: World) -> dict[str, Any]:
    fields = () if record.undo is None else record.undo.fields
    return {
        "scope": record.scope.value,
        "target": record.target or None,
        **{key: value for key, value in record.body().items() if key in _SHOWN},
        "fields": [field.label for field in fields],
        "fights": _fights(record, world),
    }


_SHOWN = ("since", "until", "reason", "claimed_by", "caller", "phase", "order", "stuck")


def _fights(record: SwitchRecord, world: World) -> list[str]:
    """Name the fields that are no longer as the back-out left them: somebody, or something, has changed them."""
    look = world.look(record)
    if look is None or record.undo is None or record.phase is not Phase.HELD:
        return []
    try:
        values = look().values()
    except GuardrailError as error:
        return [f"not looked at: {error}"]
    lost = [field for field in record.undo.fields if not field.is_at(Side.AFTER, values)]
    return [f"{field.label} is no longer as the back-out left it" for field in lost]
