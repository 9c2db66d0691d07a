"""Everything that decides flows on a controller: rulesets in their tiers, groups by name, the default action."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from guardrail.core.firewall.objects import DefaultAction, Rule, SmartGroup, WebGroup


class Tier(IntEnum):
    """Where a ruleset stands; a lower tier is asked first, the default action is asked last."""

    BEFORE = 1
    """Rulesets attached ahead of what people manage in the console."""
    V1_LIST = 2
    KUBERNETES = 3
    """One ruleset for each FirewallPolicy of a cluster."""
    AFTER = 4


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Rules that stand together; they are asked by priority, equal ones in the order given."""

    name: str
    tier: Tier
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """All of it; rules name groups of these mappings, or of the controller's own."""

    rulesets: tuple[Ruleset, ...]
    smart_groups: Mapping[str, SmartGroup]
    web_groups: Mapping[str, WebGroup]
    default_action: DefaultAction

    def rules(self) -> tuple[Rule, ...]:
        """Return every rule in the order in which they are asked."""
        rulesets = sorted(self.rulesets, key=lambda ruleset: ruleset.tier)
        return tuple(rule for each in rulesets for rule in sorted(each.rules, key=lambda rule: rule.priority))
