"""The proof of a back-out: what AWS's route tables say, looked at until they follow, for a minute at most."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from guardrail.core.errors import GatewayError
from guardrail.core.firewall.routes import Proof, Way, judge, no_way_out
from guardrail.core.undo import Side
from guardrail.flows.answer import proof
from guardrail.flows.back_out_world import World
from guardrail.flows.change import PathSight, Sight

LONGEST = timedelta(seconds=60)
"""How long the controller may take to program the routes after it has answered; nobody documents it."""
PAUSE_SECONDS = 2.0


def shown_before(sight: Sight, world: World) -> dict[str, Any]:
    """Return what is there before a change as JSON values; of a gateway, also whether there is a route to return to."""
    if not isinstance(sight, PathSight):
        return sight.shown()
    seen = way_now(sight, world)
    way = seen or Way()
    original = {"original_default_route": list(way.originals) or None, "warning": no_way_out(seen)}
    return sight.shown() | {"routes": way.documents()} | original


def through(before: Mapping[str, Any]) -> frozenset[str] | None:
    """Return the subnets that went through the gateway before a change; None where that was not seen."""
    routes = before.get("routes")
    return frozenset(route["subnet"] for route in routes if route["at_spoke"]) if routes else None


def way_now(sight: Sight, world: World) -> Way | None:
    """Return the way that traffic takes now; None for rules, and where AWS does not say."""
    if not isinstance(sight, PathSight) or world.routes is None:
        return None
    try:
        return world.routes.look(sight.spoke)
    except GatewayError:
        return None


def prove(sight: Sight, before: Mapping[str, Any], side: Side, world: World) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the proof that a change which the controller says is made is in force, and notes on it.

    Rules were read back already. For the path, the routes are looked at until they are as they should be.

    Args:
        before: What was there before the back-out, as it was shown then.
    """
    if not isinstance(sight, PathSight):
        return proof(Proof.PROVEN), ()
    limit = world.clock() + LONGEST
    while True:
        way = way_now(sight, world)
        if way is None or not way.routes:
            return proof(Proof.ACCEPTED), ("the routes could not be read: what is proven is what the controller says",)
        status = judge(way, through(before), at_spoke=side is Side.BEFORE)
        if status is not Proof.WRONG or world.clock() >= limit or way.leads_nowhere():
            return {**proof(status), "routes": way.documents()}, _notes(way, status)
        world.pause(PAUSE_SECONDS)


def _notes(way: Way, status: Proof) -> tuple[str, ...]:
    warning = no_way_out(way) if way.leads_nowhere() else None
    wrong = "the route tables do not show it" if status is Proof.WRONG else None
    return tuple(note for note in (warning, wrong) if note)
