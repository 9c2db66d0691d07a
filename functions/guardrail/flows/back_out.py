"""Do what somebody asks of the back-out function, and answer in one document, whatever comes of it."""

from collections.abc import Callable
from typing import Any

from guardrail.core.errors import GatewayError, GuardrailError
from guardrail.core.order import Command, Order, parse_order
from guardrail.core.switch import Scope
from guardrail.core.switch_record import SwitchRecord
from guardrail.core.undo import Side
from guardrail.flows.answer import Answer, together
from guardrail.flows.back_out_checks import remind, settle, status
from guardrail.flows.back_out_world import World
from guardrail.flows.exempt import exempt, revoke
from guardrail.flows.resume import resume
from guardrail.flows.suspend import suspend


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
    if order.dry_run:
        return together({scope.value: _rehearsed(order, scope, target, world) for scope, target in targets.items()})
    return together(
        {
            scope.value: _attempt(lambda scope=scope, target=target: suspend(order, scope, target, caller, world))  # type: ignore[misc]
            for scope, target in targets.items()
        }
    )


def _rehearsed(order: Order, scope: Scope, target: str, world: World) -> Answer:
    """Say which calls would be made; nothing is written anywhere."""
    look = world.look(SwitchRecord(scope, target))
    if look is None:
        return Answer(done=False, would=())
    try:
        sight = look()
        undo = sight.plan(order)
    except GuardrailError as error:
        return Answer(done=False, refused=str(error), would=())
    return Answer(done=False, before=sight.shown(), after=sight.shown(), would=tuple(sight.would(undo, Side.AFTER)))


def _restored(order: Order, world: World) -> Answer:
    """End every suspension that is meant."""
    meant = [record for record in world.backed_out() if _is_meant(record, order, world)]
    if not meant:
        return Answer(notes=("nothing is suspended",))
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
