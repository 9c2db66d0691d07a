"""Rules of others in the V1 list that keep ours from moving before them, or behind: it might change what decides."""

from collections.abc import Iterable

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.compile import DesiredState
from guardrail.core.firewall.live import Document, LiveState, live_rule
from guardrail.core.firewall.objects import Enforcement, Rule
from guardrail.core.firewall.overlap import Overlaps
from guardrail.core.firewall.shown import shown


def in_the_way(desired: DesiredState, live: LiveState, theirs: Iterable[Document], where: str) -> str | None:
    """Say which rule of theirs keeps ours from moving, and what to do about it; None if they may move.

    Args:
        where: Of theirs: before or behind.
    """
    read: list[Rule] = []
    names = live.group_names()
    for each in theirs:
        try:
            read.append(live_rule(each, names))
        except InvalidInput:
            if each["enforcement"] != Enforcement.DISABLE:
                return _unknown(each, where)
    met = _overlaps(desired, live).contrary(desired.rules, read)
    return met and (
        f"rule {shown(met[1].name)} of the V1 list, which is not ours, may overlap {met[0].name} with another action: "
        f"a move {where} it would change what it decides; give it a later priority"
    )


def _unknown(rule: Document, where: str) -> str:
    return (
        f"rule {shown(rule['name'])} of the V1 list, which is not ours, is of a form that is not known here and may "
        f"overlap ours: a move {where} it might change what it decides; move it into a ruleset"
    )


def _overlaps(desired: DesiredState, live: LiveState) -> Overlaps:
    smart = live.smart_groups() | {group.name: group for group in desired.smart_groups}
    return Overlaps(smart, live.web_groups() | {group.name: group for group in desired.web_groups})
