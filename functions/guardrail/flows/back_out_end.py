"""The automatic end: who calls the function again, and when. Where that fails, the regular check ends it."""

from hashlib import sha256
from typing import Any

from guardrail.core.errors import GatewayError
from guardrail.core.order import Command
from guardrail.core.switch_record import SwitchRecord
from guardrail.flows.back_out_world import World

CHECK_MINUTES = 5
"""How often the function is asked to settle what is overdue or unfinished."""
END = "end"


def put_end(record: SwitchRecord, world: World) -> tuple[str, ...]:
    """Have the suspension ended at its time, and people reminded before; return notes."""
    if record.suspension is None:
        return ()
    try:
        world.calendar.put(_name(END, record), record.suspension.until, _command(record, Command.RESTORE))
        world.calendar.put(_name("remind", record), record.reminds_at(), _command(record, Command.REMIND))
    except GatewayError as error:
        return (f"no schedule: {error}; the check every {CHECK_MINUTES} minutes ends it",)
    return ()


def drop_end(record: SwitchRecord, world: World) -> tuple[str, ...]:
    """Forget both; return notes. One that fires all the same finds another suspension, or none, and does nothing."""
    try:
        world.calendar.drop(_name(END, record))
        world.calendar.drop(_name("remind", record))
    except GatewayError as error:
        return (f"the schedule was not deleted: {error}; it does no harm",)
    return ()


def _command(record: SwitchRecord, command: Command) -> dict[str, Any]:
    gateway = {"gateway": record.target} if record.target else {}
    return {"command": command.value, "scope": record.scope.value, **gateway, "ends": record.id}


def _name(kind: str, record: SwitchRecord) -> str:
    """At most 64 letters, digits and dashes, whatever the gateway is called."""
    return f"{kind}-{record.scope}-{sha256(f'{record.name} {record.id}'.encode()).hexdigest()[:32]}"
