"""Do what somebody asks of the back-out function, and answer in one document, whatever comes of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from guardrail.core.errors import GatewayError, GuardrailError
from guardrail.core.firewall.insertion import Refused
from guardrail.core.firewall.routes import Proof
from guardrail.core.order import Command, Order, parse_order
from guardrail.core.switch import Scope
from guardrail.core.switch_record import SwitchRecord
from guardrail.flows.answer import Answer, proof, together
from guardrail.flows.back_out_checks import remind, settle, status
from guardrail.flows.back_out_world import World
from guardrail.flows.direct import rehearsed
from guardrail.flows.exempt import exempt, revoke
from guardrail.flows.resume import resume
from guardrail.flows.suspend import refuse_another, suspend

ONLY_A_SWITCH = "the switch would be written, which keeps the loops away; no controller is called for that"


def obey(document: object, caller: str | None, world: World) -> dict[str, Any]:
    """Do it, and return the answer as JSON values; what is refused or fails is an answer too.

    Args:
        caller: Who AWS says the caller is, where it does.
    """
    calls = world.calls()
    answer = _attempt(lambda: _obeyed(parse_order(document), caller, world))
    return answer.document(calls=world.calls() - calls, caller=caller)


def _obeyed(order: Order, caller: str | None, world: World) -> Answer:
    match order.command:
        case Command.SETTLE:
            return settle(world)
        case Command.STATUS:
            return status(world, [dict(each) for each in world.switches.exemptions().values()])
        case Command.REMIND:
            return _reminded(order, world)
        case Command.EXEMPT | Command.REVOKE:
            world.place.chosen(order.scopes)
            if not world.place.exempts:
                raise Refused(f"{order.command}: exemptions are for operators; this way leads to backing out only")
            return exempt(order, caller, world) if order.command is Command.EXEMPT else revoke(order, caller, world)
        case Command.RESTORE:
            return _restored(order, world)
        case _:
            return _suspended(order, caller, world)


def _attempt(work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    except GatewayError as error:
        return Answer(done=False, failed=str(error))
    except GuardrailError as error:
        return Answer(done=False, refused=str(error))


def _suspended(order: Order, caller: str | None, world: World) -> Answer:
    """Back out of each scope; what one of them refuses does not keep the others from it."""
    targets = {scope: world.place.target(scope, order.gateway) for scope in world.place.chosen(order.scopes)}

    def done(scope: Scope, target: str) -> Answer:
        if order.dry_run:
            found = _attempt(lambda: _rehearsed(order, scope, target, world))
            return replace(found, would=found.would or ())
        return _attempt(lambda: suspend(order, scope, target, caller, world))

    return together({scope.value: done(scope, target) for scope, target in targets.items()})


def _rehearsed(order: Order, scope: Scope, target: str, world: World) -> Answer:
    """Say which calls would be made, or why none would; nothing is written anywhere."""
    record = world.record(scope, target)
    refuse_another(order, record, world)
    look = world.look(record)
    if look is None:
        return Answer(done=False, would=(), notes=(ONLY_A_SWITCH,))
    sight = look()
    return rehearsed(sight, sight.plan(order))


def _restored(order: Order, world: World) -> Answer:
    """End every suspension that is meant."""
    meant = [record for record in world.backed_out() if _is_meant(record, order, world)]
    if not meant:
        return Answer(proof=proof(Proof.PROVEN), notes=("nothing is suspended",))
    return together(
        {record.name: _attempt(lambda record=record: resume(order, record, world)) for record in meant}  # type: ignore[misc]
    )


def _is_meant(record: SwitchRecord, order: Order, world: World) -> bool:
    scopes = world.place.chosen(order.scopes)
    return record.scope in scopes and (order.gateway is None or record.target in ("", order.gateway))


def _reminded(order: Order, world: World) -> Answer:
    for record in world.backed_out():
        if record.id == order.ends and _is_meant(record, order, world):
            remind(record, world)
    return Answer()
