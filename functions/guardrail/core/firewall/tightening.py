"""Of a desired state, the part that can be had without permitting more: what would loosen stays as it is."""

from collections.abc import Collection
from dataclasses import replace
from operator import attrgetter

from guardrail.core.firewall.compile import DesiredState
from guardrail.core.firewall.holdings import Holdings
from guardrail.core.firewall.objects import SYSTEM_GROUPS, SmartGroup, WebGroup
from guardrail.core.firewall.ownership import final_name
from guardrail.core.firewall.wire_reading import is_web_group, parse_policy, parse_smart_group, parse_web_group


def tightening(desired: DesiredState, held: Holdings, loosens: Collection[str]) -> DesiredState:
    """Return a desired state in which the objects at these addresses are as they are now.

    Raises:
        InvalidInput: One is of a form that no pack can express.
    """
    names = {group["uuid"]: final_name(name) for name, group in held.groups.items()}
    names |= {uuid: name for name, uuid in SYSTEM_GROUPS.items()}
    live = {rule.form.name: rule.document for rule in held.rules()}
    kept = {address.partition("/")[2] for address in loosens if address.startswith("rule/")}
    rules = [rule for rule in desired.rules if rule.name not in kept]
    rules += [parse_policy(live[name], names) for name in sorted(kept & live.keys())]
    needed = {name for rule in rules for name in (*rule.src, *rule.dst, *rule.web)}
    groups = {group.name: group for group in desired.groups()}
    for name, group in _live_groups(held).items():
        if f"smart_group/{name}" in loosens or f"web_group/{name}" in loosens or name in needed - groups.keys():
            groups[name] = group
    ordered = sorted((group for group in groups.values() if group.name in needed), key=attrgetter("name"))
    return replace(
        desired,
        smart_groups=tuple(group for group in ordered if isinstance(group, SmartGroup)),
        web_groups=tuple(group for group in ordered if isinstance(group, WebGroup)),
        rules=tuple(sorted(rules, key=attrgetter("priority"))),
    )


def _live_groups(held: Holdings) -> dict[str, SmartGroup | WebGroup]:
    """Return our groups as they are, by their final names; what has the final name stands for it."""
    found: dict[str, SmartGroup | WebGroup] = {}
    for name, group in sorted(held.groups.items(), key=lambda item: item[0] == final_name(item[0])):
        read = parse_web_group(group) if is_web_group(group) else parse_smart_group(group)
        found[final_name(name)] = replace(read, name=final_name(name))
    return found
