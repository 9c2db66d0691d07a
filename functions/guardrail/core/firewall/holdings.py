"""What of a live state is ours and what is not: by name, before anything is compared."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from guardrail.core.firewall.live import LiveState, is_system
from guardrail.core.firewall.ownership import Ownership
from guardrail.core.firewall.rule_form import ShapedRule, shaped

Document = Mapping[str, Any]
_SIDES = ("src_ads", "dst_ads", "web_filters")


@dataclass(frozen=True, slots=True)
class Holdings:
    """A live state, divided.

    Attributes:
        groups: Ours by name, those under a temporary name included.
        names: Of all groups, by uuid.
        listed, others_listed: The rules of the V1 list that are ours, and those that are not, in its order.
        ruleset: Ours, or None; its rules of ours and of others.
        more_rulesets: Others that have our prefix.
        our_uses: Uuids of groups that rules of ours name.
        foreign_uses: Uuids of groups that rules of others name, each with the name of one such rule.
        foreign: How many groups and rules are neither ours nor the controller's own.
    """

    groups: Mapping[str, Document]
    names: Mapping[str, str]
    listed: tuple[ShapedRule, ...]
    others_listed: tuple[Document, ...]
    ruleset: Document | None
    ruleset_rules: tuple[ShapedRule, ...]
    others_in_ruleset: tuple[Document, ...]
    more_rulesets: tuple[Document, ...]
    our_uses: frozenset[str]
    foreign_uses: Mapping[str, str]
    foreign: int

    def rules(self) -> Iterator[ShapedRule]:
        """Return every rule of ours, those of the ruleset first."""
        yield from self.ruleset_rules
        yield from self.listed
        for ruleset in self.more_rulesets:
            yield from map(shaped, ruleset["policies"])


def holdings(live: LiveState, ownership: Ownership, ruleset_name: str) -> Holdings:
    """Divide a live state."""
    policies = [rule for rule in live.policies if not is_system(rule)]
    listed, others = _divided(policies, ownership)
    owned = [each for each in live.rulesets or () if ownership.owns(each["name"]) and not is_system(each)]
    owned = [each for each in owned if "sub_policies" not in each]
    ruleset = _main(owned, ruleset_name, ownership)
    inside, guests = _divided(ruleset["policies"] if ruleset else (), ownership)
    more = tuple(each for each in owned if each is not ruleset)
    theirs, systems = _elsewhere(live, owned, {rule["uuid"] for rule in policies})
    foreign_rules = [*others, *guests, *theirs]
    groups = [group for group in live.groups if not is_system(group)]
    ours = {group["name"]: group for group in groups if ownership.owns(group["name"])}
    return Holdings(
        groups=ours,
        names={group["uuid"]: group["name"] for group in live.groups},
        listed=listed,
        others_listed=others,
        ruleset=ruleset,
        ruleset_rules=inside,
        others_in_ruleset=guests,
        more_rulesets=more,
        our_uses=_groups_of((*listed, *inside)) | frozenset(_uses(rule for each in more for rule in each["policies"])),
        foreign_uses=_uses([*foreign_rules, *systems]),
        foreign=len(groups) - len(ours) + len(foreign_rules),
    )


def _divided(rules: Iterable[Document], ownership: Ownership) -> tuple[tuple[ShapedRule, ...], tuple[Document, ...]]:
    ours: list[ShapedRule] = []
    others: list[Document] = []
    for rule in rules:
        if ownership.owns(rule["name"]):
            ours.append(shaped(rule))
        else:
            others.append(rule)
    return tuple(ours), tuple(others)


def _groups_of(rules: Iterable[ShapedRule]) -> frozenset[str]:
    return frozenset(uuid for rule in rules for uuid in rule.form.groups())


def _main(owned: list[Document], name: str, ownership: Ownership) -> Document | None:
    """Return our ruleset: the one of the name, else the one that an earlier version of the pack called otherwise."""
    named = [each for each in owned if each["name"] == name]
    former = [each for each in owned if ownership.may_delete(each["name"], ())]
    return next(iter(named or (former if len(former) == 1 else ())), None)


def _elsewhere(live: LiveState, owned: list[Document], listed: set[str]) -> tuple[list[Document], list[Document]]:
    """Return the rules of rulesets that are not ours: those of people, and those of the controller's own rulesets."""
    theirs: list[Document] = []
    systems: list[Document] = []
    for each in live.rulesets or ():
        if any(each is mine for mine in owned):
            continue
        rules = [rule for rule in each.get("policies") or () if rule["uuid"] not in listed]
        (systems if is_system(each) else theirs).extend(rules)
    return theirs, systems


def _uses(rules: Iterable[Document]) -> dict[str, str]:
    return {uuid: rule["name"] for rule in rules for side in _SIDES for uuid in rule.get(side) or ()}
