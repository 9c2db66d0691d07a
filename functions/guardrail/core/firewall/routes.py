"""Where the runtime subnets' default routes go, as AWS says, and what that proves."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Proof(StrEnum):
    """How far a change was shown to have come into force."""

    PROVEN = "proven"
    ACCEPTED = "accepted"
    """The controller says so; the routes were not seen, or do not tell."""
    WRONG = "wrong"
    """What was seen contradicts what was asked for."""


@dataclass(frozen=True, slots=True)
class DefaultRoute:
    """The route to 0.0.0.0/0 of one subnet.

    Attributes:
        target: Id of what it goes to, such as `nat-…`, `tgw-…`, `eni-…` or `i-…`; "" when there is no such route.
        state: `active` or `blackhole`; "" when there is no such route.
        at_spoke: Whether the target is one of the gateway's interfaces or instances; None when that cannot be told.
    """

    subnet: str
    route_table: str
    target: str
    state: str
    at_spoke: bool | None

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "subnet": self.subnet,
            "route_table": self.route_table,
            "target": self.target or None,
            "state": self.state or None,
            "at_spoke": self.at_spoke,
        }


@dataclass(frozen=True, slots=True)
class Way:
    """How the runtime subnets reach the internet.

    Attributes:
        originals: Ids of the VPC's public NAT gateways, and of the transit gateways that its routes name: where a
            default route that the controller put aside can have gone to. Without any, taking the gateway out leaves no
            way to the internet.
    """

    routes: tuple[DefaultRoute, ...] = ()
    originals: tuple[str, ...] = ()

    def documents(self) -> list[dict[str, Any]]:
        """Return the routes as JSON values."""
        return [route.document() for route in self.routes]

    def through(self) -> frozenset[str]:
        """Return the subnets whose default route goes to the gateway."""
        return frozenset(route.subnet for route in self.routes if route.at_spoke)

    def leads_nowhere(self) -> bool:
        """Say whether some subnet has left the gateway, has no active default route, and never will have one."""
        lost = any(route.state != "active" and route.at_spoke is False for route in self.routes)
        return lost and not self.originals


def judge(way: Way, through: frozenset[str] | None, *, at_spoke: bool) -> Proof:
    """Judge whether the subnets' default routes go where they should, and are active there.

    Nothing seen proves nothing; a target that could be the gateway's own does not either.

    Args:
        through: The subnets that went through the gateway before it was taken out, the only ones that a back-out moves;
            None for all of them.
        at_spoke: Whether they should go to the gateway.
    """
    moved = [route for route in way.routes if through is None or route.subnet in through]
    others = [] if through is None else [route for route in way.routes if route.subnet not in through]
    seen = {_one(route, at_spoke=at_spoke) for route in moved}
    seen |= {Proof.WRONG for route in others if route.at_spoke}
    if Proof.WRONG in seen:
        return Proof.WRONG
    return Proof.PROVEN if seen == {Proof.PROVEN} else Proof.ACCEPTED


def _one(route: DefaultRoute, *, at_spoke: bool) -> Proof:
    if route.state != "active" or route.at_spoke is (not at_spoke):
        return Proof.WRONG
    return Proof.ACCEPTED if route.at_spoke is None else Proof.PROVEN


def no_way_out(way: Way | None) -> str | None:
    """Return the warning that there is nothing to return to, or None."""
    if way is None or not way.routes:
        return "the route tables could not be read: whether there is a route to return to is not known"
    if way.originals:
        return None
    return "the VPC has no NAT gateway and no route to a transit: out of the path means no way to the internet"
