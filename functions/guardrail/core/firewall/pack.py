"""A policy pack, bound to one place: groups, rules, and what they must and must not lead to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from guardrail.core.firewall.answer import Decision
from guardrail.core.firewall.objects import Action, DefaultAction, Rule, SmartGroup, WebGroup
from guardrail.core.firewall.policy import Policy, Ruleset, Tier


class Mode(StrEnum):
    """How much of a pack acts. Permits act in every mode."""

    DISCOVER = "discover"
    """Denies are on Watch and nothing is decrypted."""
    WATCH = "watch"
    """Denies are on Watch, with decryption, as a rehearsal."""
    ENFORCE = "enforce"


@dataclass(frozen=True, slots=True)
class Expectation:
    """This flow must be decided so.

    Attributes:
        source: A smart group, or an address.
        target: What the flow is, but for its source: keys and values as `parse_flow` reads them.
        by: The rule, `default-action`, or None when no rule decides.
        notes: Notes that the answer must carry.
    """

    source: str
    target: Mapping[str, Any]
    decision: Decision
    by: str | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Never:
    """No flow like this may ever be permitted; a target without a protocol means all of them."""

    source: str
    target: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PolicyPack:
    """The firewall as data.

    Attributes:
        max_deletes: How many objects one plan may delete.
        inspected: The one smart group towards which decryption is allowed, or None.
        rules: As the pack lists them; priorities decide who is asked first.
        default_action: None if the pack does not say.
    """

    name: str
    max_deletes: int = 5
    inspected: str | None = None
    smart_groups: Mapping[str, SmartGroup] = field(default_factory=dict)
    web_groups: Mapping[str, WebGroup] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    default_action: DefaultAction | None = None
    expectations: tuple[Expectation, ...] = ()
    never: tuple[Never, ...] = ()

    def policy(self) -> Policy:
        """Return what a controller that holds only this pack decides by."""
        ruleset = Ruleset(self.name, Tier.BEFORE, self.rules)
        default = self.default_action or DefaultAction(Action.DENY, logging=True)
        return Policy((ruleset,), self.smart_groups, self.web_groups, default)
