"""The calls of a plan, before anybody asked whether they may be made."""

from dataclasses import dataclass

from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.compile import DesiredState
from guardrail.core.firewall.holdings import Holdings
from guardrail.core.firewall.live import LiveState
from guardrail.core.firewall.placement import Placement
from guardrail.core.firewall.planned_call import PlannedCall, Verb
from guardrail.core.firewall.replacement import Replacement, deletion, replacement
from guardrail.core.firewall.rule_form import ShapedRule
from guardrail.core.firewall.rule_writes import rule_writes, targets


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be done.

    Attributes:
        rules: As they are to be.
        writes: Of whole lists of rules.
        leftovers: Groups and rulesets of ours that nothing needs any more.
    """

    replacements: tuple[Replacement, ...]
    rules: tuple[ShapedRule, ...]
    writes: tuple[PlannedCall, ...]
    leftovers: tuple[PlannedCall, ...]

    def calls(self) -> tuple[PlannedCall, ...]:
        """Return all of them: first what no rule names yet, then the rules, then what no rule names any more."""
        made = self.replacements
        return (
            *(call for each in made for call in each.prepare),
            *(each.at_once for each in made if each.at_once),
            *self.writes,
            *(call for each in made for call in each.finish),
            *self.leftovers,
        )


def drafted(desired: DesiredState, bound: BoundPack, live: LiveState, held: Holdings, placed: Placement) -> Draft:
    """Return the calls that bring the live state to the desired one.

    A group that rules name is changed in place only if that is the one call that changes what is decided. Otherwise
    the rules change over to new groups, all at once.
    """
    groups = {group.name: group for group in desired.groups()}
    taken = bound.names()
    made = {name: replacement(group, held, taken) for name, group in groups.items()}
    rules, writes = _rules(desired, made, live, held, placed)
    fresh = [name for name, each in made.items() if each.fresh]
    if len(fresh) == 1:
        in_place = made | {fresh[0]: replacement(groups[fresh[0]], held, taken, in_place=True)}
        tried, remaining = _rules(desired, in_place, live, held, placed)
        if not remaining:
            made, rules, writes = in_place, tried, remaining
    return Draft(tuple(made.values()), rules, writes, _leftovers(made, held))


def _rules(
    desired: DesiredState, made: dict[str, Replacement], live: LiveState, held: Holdings, placed: Placement
) -> tuple[tuple[ShapedRule, ...], tuple[PlannedCall, ...]]:
    others = {uuid: uuid for uuid in held.names}  # a rule of ours that somebody edited may name a group of theirs
    rules = targets(desired, others | {name: each.uses for name, each in made.items()})
    return rules, rule_writes(desired.ruleset, rules, placed, live, held)


def _leftovers(made: dict[str, Replacement], held: Holdings) -> tuple[PlannedCall, ...]:
    rulesets = (PlannedCall(Verb.DELETE_RULESET, each["name"], each["uuid"]) for each in held.more_rulesets)
    needed = {uuid for each in made.values() for uuid in each.aliases}
    groups = (deletion(group) for group in held.groups.values() if group["uuid"] not in needed)
    return (*rulesets, *groups)
