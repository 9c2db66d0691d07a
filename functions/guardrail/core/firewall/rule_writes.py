"""The writes of whole lists that bring our rules where they are to be, and leave those of others as they are."""

from collections.abc import Mapping, Sequence
from typing import Any

from guardrail.core.firewall.compile import DesiredState
from guardrail.core.firewall.holdings import Holdings
from guardrail.core.firewall.live import LiveState, is_system
from guardrail.core.firewall.placement import Placement
from guardrail.core.firewall.planned_call import PlannedCall, Verb
from guardrail.core.firewall.rule_form import KNOWN_MEMBERS, ShapedRule, shaped
from guardrail.core.firewall.versions import ENFORCEMENT
from guardrail.core.firewall.wire import policy_body

Document = Mapping[str, Any]


def targets(desired: DesiredState, uses: Mapping[str, str]) -> tuple[ShapedRule, ...]:
    """Return the rules as they are to be, with the uuids or references of their groups; always with `enforcement`."""
    return tuple(shaped(policy_body(rule, uses, ENFORCEMENT)) for rule in desired.rules)


def rule_writes(
    name: str, wanted: Sequence[ShapedRule], placed: Placement, live: LiveState, held: Holdings
) -> tuple[PlannedCall, ...]:
    """Return the writes, in the order in which they are safe.

    Where rules move, they first stand in both places: a flow is decided as it will be, or as it was.
    """
    if placed.point is None:
        return (*_list_write(wanted, live, held), *_ruleset_gone(held))
    return (*_ruleset_write(name, wanted, placed.point, held), *_list_write((), live, held))


def _list_write(wanted: Sequence[ShapedRule], live: LiveState, held: Holdings) -> tuple[PlannedCall, ...]:
    """Replace the V1 list, if ours in it are not as they should be."""
    if _same(held.listed, wanted):
        return ()
    before = tuple(rule for rule in live.policies if not is_system(rule))
    rules = _mixed(before, held.listed, wanted)
    return (PlannedCall(Verb.REPLACE_LIST, "V1 list", rules=rules, seen=before),)


def _ruleset_write(name: str, wanted: Sequence[ShapedRule], point: str, held: Holdings) -> tuple[PlannedCall, ...]:
    ruleset = held.ruleset
    if ruleset is None:
        rules = tuple(target.document for target in wanted)
        return (PlannedCall(Verb.CREATE_RULESET, name, rules=rules, settings={"attach_to": point}),)
    if _same(held.ruleset_rules, wanted) and (ruleset["name"], ruleset["attach_to"]) == (name, point):
        return ()
    before = tuple(ruleset["policies"])
    settings = {**ruleset, "name": name, "attach_to": point}
    rules = _mixed(before, held.ruleset_rules, wanted)
    return (PlannedCall(Verb.REPLACE_RULESET, name, ruleset["uuid"], rules=rules, seen=before, settings=settings),)


def _ruleset_gone(held: Holdings) -> tuple[PlannedCall, ...]:
    """Delete our ruleset; if others put rules of theirs into it, take only ours out."""
    ruleset = held.ruleset
    if ruleset is None:
        return ()
    name, uuid, before = ruleset["name"], ruleset["uuid"], tuple(ruleset["policies"])
    if not held.others_in_ruleset:
        return (PlannedCall(Verb.DELETE_RULESET, name, uuid, seen=before),)
    if not held.ruleset_rules:
        return ()
    rules = tuple(held.others_in_ruleset)
    return (PlannedCall(Verb.REPLACE_RULESET, name, uuid, rules=rules, seen=before, settings=ruleset),)


def _same(ours: Sequence[ShapedRule], wanted: Sequence[ShapedRule]) -> bool:
    if len(ours) != len(wanted):
        return False
    forms = {rule.form.name: rule.form for rule in ours}
    return len(forms) == len(wanted) and all(forms.get(target.form.name) == target.form for target in wanted)


def _mixed(
    before: Sequence[Document], ours: Sequence[ShapedRule], wanted: Sequence[ShapedRule]
) -> tuple[Document, ...]:
    """Return the whole list: rules of others as they are, ours in their places with their uuids, new ones behind.

    Sorted by priority; rules of equal priority keep their order.
    """
    mine = {id(rule.document): rule for rule in ours}
    first = {rule.form.name: rule for rule in reversed(ours)}
    new = {target.form.name: target for target in wanted}
    mixed: list[Document] = []
    for document in before:
        rule = mine.get(id(document))
        if rule is None:
            mixed.append(document)
        elif rule.form.name in new and rule is first[rule.form.name]:
            mixed.append(_kept(rule, new.pop(rule.form.name)))
    mixed += [target.document for target in new.values()]
    return tuple(sorted(mixed, key=lambda rule: int(rule.get("priority") or 0)))


def _kept(rule: ShapedRule, target: ShapedRule) -> Document:
    """Return a rule of ours with its uuid, and with members whose meaning nobody told us as they were."""
    if rule.form == target.form:
        return rule.document
    unknown = {key: value for key, value in rule.document.items() if key not in KNOWN_MEMBERS}
    return {**unknown, **target.document, "uuid": rule.document["uuid"]}
