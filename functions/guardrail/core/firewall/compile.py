"""A pack compiled: the state that a controller is to have, in our words, whatever its version calls them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from guardrail.core.firewall.deployable import Deployable
from guardrail.core.firewall.objects import DefaultAction, PortRange, Rule, SmartGroup, WebGroup


@dataclass(frozen=True, slots=True)
class DesiredState:
    """Everything that is ours on a controller, by its names there; equal packs give equal states.

    Attributes:
        ruleset: Its name, where the controller has rulesets.
        smart_groups, web_groups: Sorted by name.
        rules: Sorted by priority. They name groups by their names on the controller, and do not say why.
    """

    ruleset: str
    smart_groups: tuple[SmartGroup, ...]
    web_groups: tuple[WebGroup, ...]
    rules: tuple[Rule, ...]
    default_action: DefaultAction

    def groups(self) -> "tuple[SmartGroup | WebGroup, ...]":
        """Return the groups of both kinds, which share their names' space on a controller."""
        return (*self.smart_groups, *self.web_groups)

    def document(self) -> dict[str, Any]:
        """Return it as JSON values, in the words of the pack."""
        return {
            "ruleset": self.ruleset,
            "smart_groups": [
                {"name": group.name, "any": [dict(selector) for selector in group.selectors]}
                for group in self.smart_groups
            ],
            "web_groups": [
                {"name": group.name, "url": list(group.url)}
                if group.url
                else {"name": group.name, "sni": list(group.sni)}
                for group in self.web_groups
            ],
            "rules": [_rule_document(rule) for rule in self.rules],
            "default_action": {"action": self.default_action.action.value, "logging": self.default_action.logging},
        }


def compiled(fitting: Deployable, prefix: str) -> DesiredState:
    """Return the state in which a controller decides as the pack does; groups that no rule needs are not in it.

    Args:
        prefix: What the names of our objects start with, before a dash, to tell them from those of others.
    """
    pack = fitting.pack
    used = {name for rule in pack.rules for name in (*rule.src, *rule.dst, *rule.web)}
    named = {name: f"{prefix}-{name}" for name in (*pack.smart_groups, *pack.web_groups) if name in used}
    smart = (replace(group, name=named[name], within=()) for name, group in pack.smart_groups.items() if name in used)
    web = (replace(group, name=named[name]) for name, group in pack.web_groups.items() if name in used)
    rules = (_renamed(rule, named, prefix) for rule in pack.rules)
    return DesiredState(
        ruleset=f"{prefix}-{pack.name}",
        smart_groups=tuple(sorted(smart, key=attrgetter("name"))),
        web_groups=tuple(sorted(web, key=attrgetter("name"))),
        rules=tuple(sorted(rules, key=attrgetter("priority"))),
        default_action=pack.policy().default_action,
    )


def _renamed(rule: Rule, named: Mapping[str, str], prefix: str) -> Rule:
    return replace(
        rule,
        name=f"{prefix}-{rule.name}",
        why="",
        src=tuple(named.get(name, name) for name in rule.src),
        dst=tuple(named.get(name, name) for name in rule.dst),
        web=tuple(named.get(name, name) for name in rule.web),
    )


def _rule_document(rule: Rule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "priority": rule.priority,
        "action": rule.action.value,
        "src": list(rule.src),
        "dst": list(rule.dst),
        "web": list(rule.web),
        "protocol": rule.protocol.value,
        "ports": [_port_document(each) for each in rule.ports],
        "decrypt": rule.decrypt.value,
        "app": rule.app.value,
        "logging": rule.logging,
        "enforcement": rule.enforcement.value,
        "tls_profile": rule.tls_profile,
    }


def _port_document(ports: PortRange) -> int | str:
    return ports.lo if ports.lo == ports.hi else str(ports)
