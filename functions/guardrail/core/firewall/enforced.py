"""What of the tree of rulesets is enforced: what hangs, through any number of policy groups, from a fixed point."""

from collections.abc import Sequence

from guardrail.core.firewall.live import Document, is_system


def is_enforced(each: Document, rulesets: Sequence[Document], seen: frozenset[str] = frozenset()) -> bool:
    """Say whether a ruleset or policy group is enforced.

    Args:
        rulesets: All that the controller has, and all policy groups.
        seen: Uuids of what is asked about already: a group may hold itself.
    """
    if is_system(each):
        return True
    if each["uuid"] in seen:
        return False
    owner = _owner(each.get("attach_to"), rulesets)
    above = [*holders(each, rulesets), *([owner] if owner else [])]
    fixed = bool(each.get("attach_to")) and owner is None
    return fixed or any(is_enforced(group, rulesets, seen | {each["uuid"]}) for group in above)


def holders(each: Document, rulesets: Sequence[Document]) -> list[Document]:
    """Return the policy groups of which it is a part."""
    return [group for group in rulesets if any(each["uuid"] in _named(part) for part in _parts(group))]


def idle_owner(point: str, rulesets: Sequence[Document]) -> Document | None:
    """Return the policy group that has this attachment point, if it is not enforced; a fixed point has none."""
    owner = _owner(point, rulesets)
    return None if owner is None or is_enforced(owner, rulesets) else owner


def _owner(point: str | None, rulesets: Sequence[Document]) -> Document | None:
    for group in rulesets if point else ():
        points = (part.get("attachment_point") or {} for part in _parts(group))
        if any(each.get("uuid") == point for each in points):
            return group
    return None


def _parts(group: Document) -> Sequence[Document]:
    return group.get("sub_policies") or ()


def _named(part: Document) -> tuple[str | None, str | None]:
    return part.get("list"), part.get("block")
