"""Where our rules stand: in a ruleset of our own where the controller has rulesets, in the V1 list otherwise."""

from dataclasses import dataclass

from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.holdings import Holdings
from guardrail.core.firewall.live import LiveState
from guardrail.core.firewall.wire import FIRST_ATTACHMENT_POINT


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the rules are to be.

    Attributes:
        point: Uuid of the attachment point of our ruleset, "" where a policy group holds it; None for the V1 list.
        warning: Why it is not where it was asked for.
    """

    point: str | None
    warning: str | None = None


def placement(bound: BoundPack, live: LiveState, held: Holdings) -> Placement:
    """Return where the rules are to be.

    A ruleset that is attached stays attached where it is when somebody else has the point that was asked for, or when
    somebody made it part of a policy group. A ruleset that nobody enforces is no place for rules.
    """
    if live.rulesets is None:
        return Placement(None)
    if held.ruleset and _is_part(held.ruleset["uuid"], live):
        return Placement(held.ruleset["attach_to"])
    if live.point is not None and not _taken(live, held):
        return Placement(live.point)
    name = bound.attachment_point or FIRST_ATTACHMENT_POINT
    attached = held.ruleset["attach_to"] if held.ruleset else ""
    stay = "our ruleset stays where it is attached" if attached else "our rules stand in the V1 list"
    why = f"attachment point {name} is taken; {stay}; bind attachment_point to a free one"
    return Placement(attached or None, why)


def _is_part(uuid: str, live: LiveState) -> bool:
    parts = (part for each in live.rulesets or () for part in each.get("sub_policies") or ())
    return any(part.get("list") == uuid for part in parts)


def _taken(live: LiveState, held: Holdings) -> bool:
    """Say whether somebody else has the point. What is ours, but not our ruleset, is in the way as well."""
    return any(each.get("attach_to") == live.point and each is not held.ruleset for each in live.rulesets or ())


def point_name(bound: BoundPack, live: LiveState, attach_to: str) -> str | None:
    """Return how people call an attachment point; it is known only of the one that was asked for."""
    if attach_to == live.point:
        return bound.attachment_point or FIRST_ATTACHMENT_POINT
    return "another" if attach_to else None
