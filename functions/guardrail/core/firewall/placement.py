"""Where our rules stand: in a ruleset of our own where the controller has rulesets, in the V1 list otherwise."""

from dataclasses import dataclass

from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.enforced import holders, idle_owner, is_enforced
from guardrail.core.firewall.holdings import Holdings
from guardrail.core.firewall.live import LiveState
from guardrail.core.firewall.shown import shown
from guardrail.core.firewall.wire import FIRST_ATTACHMENT_POINT


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the rules are to be.

    Attributes:
        point: Uuid of the attachment point of our ruleset, "" where a policy group holds it; None for the V1 list.
        warning: Why it is not where it was asked for.
        possible: Whether the rules would be enforced where that leads; if not, `warning` says what is in the way.
    """

    point: str | None
    warning: str | None = None
    possible: bool = True


def placement(bound: BoundPack, live: LiveState, held: Holdings) -> Placement:
    """Return where the rules are to be.

    A ruleset that is enforced stays where it is when somebody else has the point that was asked for, or when somebody
    made it part of a policy group. A ruleset that nobody enforces is no place for rules.
    """
    if live.rulesets is None:
        return Placement(None)
    groups = holders(held.ruleset, live.rulesets) if held.ruleset else []
    enforced = held.ruleset is not None and is_enforced(held.ruleset, live.rulesets)
    attached = held.ruleset["attach_to"] if held.ruleset and enforced else ""
    if enforced and groups:
        return Placement(attached)
    name = shown(bound.attachment_point or FIRST_ATTACHMENT_POINT)
    if why := _no_point(name, live):
        return Placement(attached or None, why, possible=False)
    if not _taken(live, held):
        return Placement(live.point)
    if groups:
        idle = f"our ruleset is in policy group {shown(groups[0]['name'])}, which is not enforced; attach that group"
        return Placement(None, f"attachment point {name} is taken; {idle}, or take our ruleset out", possible=False)
    stay = "our ruleset stays where it is attached" if attached else "our rules stand in the V1 list"
    why = f"attachment point {name} is taken; {stay}; bind attachment_point to a free one"
    return Placement(attached or None, why)


def _no_point(name: str, live: LiveState) -> str | None:
    """Say why the point that was asked for is none, or one at which nothing is enforced."""
    if live.point is None:
        return f"attachment_point {name}: the controller has none of that name"
    idle = idle_owner(live.point, live.rulesets or ())
    if idle is None:
        return None
    return f"attachment_point {name} is in policy group {shown(idle['name'])}, which is not enforced; attach that group"


def _taken(live: LiveState, held: Holdings) -> bool:
    """Say whether somebody else has the point. What is ours, but not our ruleset, is in the way as well."""
    return any(each.get("attach_to") == live.point and each is not held.ruleset for each in live.rulesets or ())


def point_name(bound: BoundPack, live: LiveState, attach_to: str) -> str | None:
    """Return how people call an attachment point; it is known only of the one that was asked for."""
    if attach_to == live.point:
        return bound.attachment_point or FIRST_ATTACHMENT_POINT
    return "another" if attach_to else None
