"""Overlays: a pack that says only in what it differs from another one."""

from dataclasses import replace

from guardrail.core.firewall.finding import Code
from policy_pack.node import Node
from policy_pack.problem import Problem, did_you_mean

EXTENDS = "extends"
WITHOUT = "without"
_GROUPS = ("smart_groups", "web_groups")
_LISTS = ("expect", "never")


def overlaid(base: Node, overlay: Node, problems: list[Problem]) -> Node:
    """Return the base with an overlay's changes.

    Groups of the overlay replace those of the same name. A rule of the same name takes over the keys that the overlay
    states; `without` removes rules, and the expectations that they decide. Expectations and nevers are added.
    """
    removed = _removed(base, overlay, problems)
    members = {key: _without(node, removed) if key == "expect" else node for key, node in base.members.items()}
    members["rules"] = _rules(base, overlay, removed)
    for key, node in overlay.members.items():
        below = members.get(key)
        if key in _GROUPS and below and isinstance(node.value, dict):
            members[key] = replace(below, value={**below.members, **node.members})
        elif key in _LISTS and below and isinstance(node.value, list):
            members[key] = replace(below, value=[*below.items, *node.items])
        elif key not in (EXTENDS, WITHOUT) and (key != "rules" or not isinstance(node.value, list)):
            members[key] = node  # what is of the wrong form included: reading the pack will say so
    return replace(base, value=members)


def _removed(base: Node, overlay: Node, problems: list[Problem]) -> set[str]:
    known = {_name(rule) for rule in _items(base, "rules")}
    removed = set()
    for node in _items(overlay, WITHOUT):
        if node.text in known:
            removed.add(node.text)
        else:
            message = f"{WITHOUT}: no rule is named '{node.text}'{did_you_mean(node.text, known)}"
            problems.append(Problem(Code.UNKNOWN_NAME, node.place, message, fatal=True))
    return removed


def _rules(base: Node, overlay: Node, removed: set[str]) -> Node:
    rules = [rule for rule in _items(base, "rules") if _name(rule) not in removed]
    positions = {_name(rule): at for at, rule in enumerate(rules)}
    for rule in _items(overlay, "rules"):
        at = positions.get(_name(rule))
        if at is None:
            rules.append(rule)
        else:
            rules[at] = replace(rules[at], value={**rules[at].members, **rule.members})
    return replace(base.members.get("rules", base), value=list(rules))


def _without(expectations: Node, removed: set[str]) -> Node:
    kept = [each for each in expectations.items if (by := each.members.get("by")) is None or by.text not in removed]
    return replace(expectations, value=kept)


def _items(node: Node, key: str) -> list[Node]:
    return node.members[key].items if key in node.members else []


def _name(rule: Node) -> str:
    return rule.members["name"].text if "name" in rule.members else ""
