"""One change of a controller: seen, planned, made by one call, read back; and the same the other way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from guardrail.core.errors import GatewayError, InvalidInput
from guardrail.core.firewall.back_out import LiveRules, permit_all, rules_at, watch
from guardrail.core.firewall.insertion import Spoke, out_of_path, path_call
from guardrail.core.order import Command, Order
from guardrail.core.undo import Side, Undo, Values
from guardrail.ports.back_out import BackOutController


class Sight(Protocol):
    """What can be changed, as it was seen at one moment."""

    def values(self) -> Values:
        """Return the fields that may be changed, by their keys."""
        ...

    def shown(self) -> dict[str, Any]:
        """Return it for people, as JSON values."""
        ...

    def plan(self, order: Order) -> Undo:
        """Return the one change that does what was ordered; without fields if there is nothing to do.

        Raises:
            Refused: It cannot be done by one call, or there is nothing that it could be done to.
        """
        ...

    def would(self, undo: Undo, side: Side) -> list[dict[str, str]]:
        """Return the calls that `move` would make."""
        ...

    def move(self, undo: Undo, side: Side) -> None:
        """Give the changed fields the values of that side, by at most one change."""
        ...


Look = Callable[[], Sight]


@dataclass(frozen=True, slots=True)
class PathSight:
    """A spoke gateway's place in the path."""

    controller: BackOutController
    spoke: Spoke

    def values(self) -> Values:
        return self.spoke.values()

    def shown(self) -> dict[str, Any]:
        return self.spoke.document()

    def plan(self, order: Order) -> Undo:
        return out_of_path(self.spoke, allow_detach=order.allow_detach)

    def would(self, undo: Undo, side: Side) -> list[dict[str, str]]:
        call = path_call(undo, self.spoke, side)
        return [] if call is None else [call.document()]

    def move(self, undo: Undo, side: Side) -> None:
        call = path_call(undo, self.spoke, side)
        if call is not None:
            self.controller.turn(call)


@dataclass(frozen=True, slots=True)
class RulesSight:
    """Our rules on the controller."""

    controller: BackOutController
    prefix: str
    live: LiveRules

    def values(self) -> Values:
        return self.live.values()

    def shown(self) -> dict[str, Any]:
        return {"rules": self.live.ours(self.prefix)}

    def plan(self, order: Order) -> Undo:
        if order.command is Command.WATCH:
            return watch(self.live, self.prefix, order.rules, on=order.on)
        return permit_all(self.live, self.prefix)

    def would(self, undo: Undo, side: Side) -> list[dict[str, str]]:
        changed = rules_at(self.live, undo, side)
        if changed is None:
            return []
        where = f"policy-list3/{changed.uuid}" if changed.document else "policy-list"
        return [{"method": "PUT", "path": f"/v2.5/api/microseg/{where}"}]

    def move(self, undo: Undo, side: Side) -> None:
        changed = rules_at(self.live, undo, side)
        if changed is not None:
            self.controller.replace(self.live, changed)


def path_look(controller: BackOutController, gateway: str) -> Look:
    """Return what looks at a gateway.

    Looking raises InvalidInput when there is none of that name.
    """

    def look() -> Sight:
        spoke = controller.spoke(gateway)
        if spoke is None:
            raise InvalidInput("gateway", "the name of a gateway of this controller")
        return PathSight(controller, spoke)

    return look


def rules_look(controller: BackOutController, prefix: str) -> Look:
    """Return what looks at the rules whose names start with a prefix and a dash."""
    return lambda: RulesSight(controller, prefix, controller.rules())


def make(look: Look, sight: Sight, undo: Undo, side: Side) -> tuple[Sight, GatewayError | None]:
    """Make the change unless it is made already, and return what is there then, and why it is not made if it is not.

    A write whose answer was lost may have been done all the same, so what counts is what is read afterwards.

    Raises:
        GatewayError: It could not be read back.
    """
    if undo.is_at(side, sight.values()):
        return sight, None
    failed = None
    try:
        sight.move(undo, side)
    except GatewayError as error:
        failed = error
    seen = look()
    return seen, None if undo.is_at(side, seen.values()) else failed or _lost(side)


def _lost(side: Side) -> GatewayError:
    return GatewayError("controller:back-out", f"the fields are not as they were {side}", retryable=True)
