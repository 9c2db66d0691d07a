"""The proof of a back-out: what AWS's route tables say, looked at until they follow, for a minute at most."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Seen:
    """What was there before a change, and the way that traffic took; None where that was not seen."""

    sight: Sight
    way: Way | None

    def shown(self) -> dict[str, Any]:
        """Return it as JSON values, with whether there is an original default route to return to."""
        if not isinstance(self.sight, PathSight):
            return self.sight.shown()
        way = self.way or Way()
        original = {"original_default_route": list(way.originals) or None, "warning": no_way_out(self.way)}
        return self.sight.shown() | {"routes": way.documents()} | original

    @property
    def through(self) -> frozenset[str] | None:
        """The subnets whose default route went to the gateway; None where that was not seen."""
        return None if self.way is None else self.way.through()


def way_now(sight: Sight, world: World) -> Way | None:
    """Return the way that traffic takes now; None for rules, and where AWS does not say."""
    if not isinstance(sight, PathSight) or world.routes is None:
        return None
    try:
        return world.routes.look(sight.spoke)
    except GatewayError:
        return None


def prove(
    sight: Sight, through: frozenset[str] | None, side: Side, world: World
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the proof that a change which the controller says is made is in force, and notes on it.

    Rules were read back already. For the path, the routes are looked at until they are as they should be.

    Args:
        through: The subnets that went through the gateway before the back-out; None where that was not seen.
    """
    if not isinstance(sight, PathSight):
        return proof(Proof.PROVEN), ()
    limit = world.clock() + LONGEST
    while True:
        way = way_now(sight, world)
        if way is None or not way.routes:
            return proof(Proof.ACCEPTED), ("the routes could not be read: what is proven is what the controller says",)
        status = judge(way, through, at_spoke=side is Side.BEFORE)
        if status is not Proof.WRONG or world.clock() >= limit or way.leads_nowhere():
            return {**proof(status), "routes": way.documents()}, _notes(way, status)
        world.pause(PAUSE_SECONDS)


def _notes(way: Way, status: Proof) -> tuple[str, ...]:
    warning = no_way_out(way) if way.leads_nowhere() else None
    wrong = "the route tables do not show it" if status is Proof.WRONG else None
    return tuple(note for note in (warning, wrong) if note)
