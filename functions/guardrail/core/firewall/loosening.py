"""Which changes may permit what is denied now; what cannot be ruled out may."""

from collections.abc import Iterable
from typing import Any

from guardrail.core.firewall.objects import Action, Enforcement
from guardrail.core.firewall.plan import Change, ChangeAction

View = dict[str, Any]
_HARMLESS = frozenset({"logging", "enforcement", "action", "log_profile"})


def loosening(changes: Iterable[Change], rules: Iterable[View]) -> tuple[str, ...]:
    """Return the addresses of changes that may permit more.

    Args:
        rules: The rules as they are to be, as people read them.
    """
    deny: set[str] = set()
    permit: set[str] = set()
    for rule in rules:
        (permit if rule["action"] != Action.DENY.value else deny).update((*rule["src"], *rule["dst"], *rule["web"]))
    return tuple(change.address for change in changes if _loosens(change, deny, permit))


def _loosens(change: Change, deny: set[str], permit: set[str]) -> bool:
    kind, _, name = change.address.partition("/")
    if kind == "rule":
        return _rule_loosens(change.before, change.after)
    if kind == "default_action":
        return change.after is not None and bool(change.after["action"] == Action.PERMIT.value)
    if kind == "ruleset":
        return change.action is not ChangeAction.CREATE
    if change.before is None or change.after is None:
        return False
    before, after = _entries(change.before), _entries(change.after)
    return (name in permit and bool(after - before)) or (name in deny and bool(before - after))


def _rule_loosens(before: View | None, after: View | None) -> bool:
    """A rule that newly permits loosens, and so does one that no longer denies."""
    if before is None or after is None:
        return _permits(after) or _denies(before)
    if any(before.get(key) != after.get(key) for key in {*before, *after} - _HARMLESS):
        return not (_idle(before) and not _permits(after))
    return (_permits(after) and not _permits(before)) or (_denies(before) and not _denies(after))


def _idle(rule: View) -> bool:
    return str(rule["enforcement"]) != Enforcement.ENFORCE.value


def _permits(rule: View | None) -> bool:
    return rule is not None and str(rule["action"]) != Action.DENY.value and not _idle(rule)


def _denies(rule: View | None) -> bool:
    return rule is not None and str(rule["action"]) == Action.DENY.value and not _idle(rule)


def _entries(group: View) -> set[str]:
    entries = (*group.get("any", ()), *group.get("sni", ()), *group.get("url", ()))
    return {str(each) for each in entries}
