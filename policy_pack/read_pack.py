"""A pack's document -> a value of the core, and everything that is wrong with its form."""

from collections.abc import Iterable, Mapping

from guardrail.core.firewall.finding import Code
from guardrail.core.firewall.objects import Action, DefaultAction
from guardrail.core.firewall.pack import Expectation, PolicyPack
from policy_pack.node import Node
from policy_pack.part import Part, Reading
from policy_pack.problem import did_you_mean
from policy_pack.read_expectations import Expecting, read_expectation, read_never
from policy_pack.read_groups import read_smart_group, read_web_group
from policy_pack.read_rules import Names, read_rule

KEYS = (
    "name", "max_deletes", "inspected", "smart_groups", "web_groups", "rules", "default_action", "expect", "never",
)  # fmt: skip


def read_pack(node: Node, bindings: Mapping[str, tuple[str, ...]], reading: Reading) -> PolicyPack:
    """Read a pack whose references have been replaced. It is of use only if nothing fatal was written down."""
    part = Part(node, (), reading)
    if not part.allow(KEYS):
        return PolicyPack("")
    smart = {name: read_smart_group(group, name) for name, group in _named(part, "smart_groups")}
    web = {name: read_web_group(group, name) for name, group in _named(part, "web_groups")}
    names = Names(frozenset(smart), frozenset(web))
    rules = tuple(read_rule(each, names) for each in _listed(part, "rules", needed=True))
    expecting = Expecting(names, frozenset(rule.name for rule in rules), bindings)
    max_deletes, name = part.member("max_deletes"), part.member("name")
    if name is None:
        part.wrong("'name' is missing", fatal=False)
    return PolicyPack(
        name=name.name() if name else "",
        max_deletes=max_deletes.number(0, 10_000) if max_deletes else 5,
        inspected=_inspected(part, smart.keys()),
        smart_groups=smart,
        web_groups=web,
        rules=rules,
        default_action=_default_action(part.member("default_action")),
        expectations=_expectations(part, expecting),
        never=tuple(filter(None, (read_never(each, expecting) for each in _listed(part, "never")))),
    )


def _named(part: Part, key: str) -> list[tuple[str, Part]]:
    member = part.member(key)
    groups = member.members() if member else []
    for name, group in groups:
        if not name.strip() or not name.isprintable() or len(name) > 100:
            group.wrong("expected a name of at most 100 characters on one line")
    return groups


def _listed(part: Part, key: str, *, needed: bool = False) -> list[Part]:
    member = part.need(key) if needed else part.member(key)
    return member.items() if member else []


def _inspected(part: Part, groups: Iterable[str]) -> str | None:
    member = part.member("inspected")
    if member is None:
        return None
    name = member.name()
    if name not in groups:
        member.wrong(f"no smart group is named '{name}'{did_you_mean(name, groups)}", Code.UNKNOWN_NAME)
    return name


def _default_action(part: Part | None) -> DefaultAction | None:
    if part is None or not part.allow(("action", "logging")):
        return None
    action, logging = part.need("action"), part.member("logging")
    return DefaultAction(action.word(Action) if action else Action.DENY, logging.flag() if logging else False)


def _expectations(part: Part, expecting: Expecting) -> tuple[Expectation, ...]:
    """Read the expectations; findings count only those that are kept, so each gets its place by that count."""
    kept = []
    for each in _listed(part, "expect"):
        expectation = read_expectation(each, expecting)
        if expectation is not None:
            kept.append((expectation, each.node.place))
    for at, (_, place) in enumerate(kept):
        part.reading.places["expect", at] = place
    return tuple(expectation for expectation, _ in kept)
