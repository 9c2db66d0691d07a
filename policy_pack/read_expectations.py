"""Expectations and nevers of a pack: nodes -> values of the core."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.answer import Decision
from guardrail.core.firewall.finding import Code
from guardrail.core.firewall.flow import KEYS as FLOW_KEYS
from guardrail.core.firewall.flow import parse_flow
from guardrail.core.firewall.names import is_address, normal_name
from guardrail.core.firewall.objects import DEFAULT_ACTION
from guardrail.core.firewall.pack import Expectation, Never
from guardrail.core.firewall.target import parse_target
from policy_pack.node import Node
from policy_pack.part import Part
from policy_pack.problem import did_you_mean
from policy_pack.read_rules import Names

KEYS = ("from", "to", "decision", "by", "notes", "unless")
_TO_KEYS = tuple(key for key in FLOW_KEYS if not key.startswith("src_"))


@dataclass(frozen=True, slots=True)
class Expecting:
    """What expectations may refer to.

    Attributes:
        rules: Names of the rules.
        bindings: Values of the bindings, by name.
    """

    names: Names
    rules: frozenset[str]
    bindings: Mapping[str, tuple[str, ...]]


def read_expectation(part: Part, expecting: Expecting) -> Expectation | None:
    """Read an expectation; None if it is wrong, or does not hold for what the bindings sanction (`unless`)."""
    before = len(part.reading.problems)
    part.allow(KEYS)
    source, target = _source(part, expecting.names), _target(part)
    decision, notes = part.need("decision"), part.member("notes")
    word = decision.word(Decision) if decision else Decision.DENY
    words = tuple(note.text() for note in notes.names()) if notes else ()
    sanctioned = target is not None and _sanctioned(part, target, expecting)
    if source is None or target is None or sanctioned or len(part.reading.problems) > before:
        return None
    by = _by(part, expecting)
    if by is None and word in (Decision.PERMIT, Decision.DENY):
        part.wrong("'by' is missing; name the rule that decides, or default-action")
        return None
    return Expectation(source, target, word, by, words)


def read_never(part: Part, expecting: Expecting) -> Never | None:
    """Read a never, whose `to` may be a smart group, too; None if it is wrong."""
    if not part.allow(("from", "to")):
        return None
    source, goal = _source(part, expecting.names), part.member("to")
    if goal and isinstance(goal.node.value, str) and "://" not in goal.node.value:
        target: dict[str, Any] | None = {"dst_groups": [expecting.names.smart_group(goal)]}
    else:
        target = _target(part)
    return None if source is None or target is None else Never(source, target)


def _source(part: Part, names: Names) -> str | None:
    member = part.need("from")
    if member is None:
        return None
    return member.text() if is_address(member.node.text) else names.smart_group(member)


def _by(part: Part, expecting: Expecting) -> str | None:
    """Read who decides. That the name is unknown is said here, that the rule does not decide when it is tried."""
    member = part.member("by")
    if member is None:
        return None
    name = member.name()
    if name and name not in expecting.rules and name != DEFAULT_ACTION:
        close = did_you_mean(name, [*expecting.rules, DEFAULT_ACTION])
        member.wrong(f"no rule is named '{name}'{close}", Code.UNKNOWN_NAME)
    return name


def _target(part: Part) -> dict[str, Any] | None:
    member = part.need("to")
    if member is None:
        return None
    try:
        target = _flow(member) if isinstance(member.node.value, dict) else parse_target("to", _concrete(member.text()))
        parse_flow(target)
    except InvalidInput as error:
        member.wrong(f"expected {error.expected}")
        return None
    return target


def _flow(part: Part) -> dict[str, Any]:
    """Read a flow that is written key by key; a CIDR as its destination stands for an address in it."""
    part.allow(_TO_KEYS)
    flow = {key: _plain(node) for key, node in part.node.members.items()}
    destination = flow.get("dst_ip")
    if isinstance(destination, str) and "/" in destination:
        try:
            network = ip_network(destination)
        except ValueError:
            raise InvalidInput("dst_ip", "an address, or a CIDR") from None
        flow["dst_ip"] = str(network[min(1, network.num_addresses - 1)])
    return flow


def _plain(node: Node) -> Any:
    if isinstance(node.value, list):
        return [_plain(item) for item in node.value]
    return node.value if not isinstance(node.value, dict) else {}


def _concrete(url: str) -> str:
    """Put a label in the place of each star of the host: a binding may sanction a pattern."""
    scheme, slashes, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{slashes}{host.replace('*', 'any')}{slash}{path}"


def _sanctioned(part: Part, target: Mapping[str, Any], expecting: Expecting) -> bool:
    """Say whether a binding that `unless` names lists the destination."""
    member = part.member("unless")
    destination = target.get("sni") or target.get("host") or target.get("dst_ip") or ""
    for each in member.names() if member else ():
        name = each.name()
        if name not in expecting.bindings:
            each.wrong(f"no binding is named '{name}'{did_you_mean(name, expecting.bindings)}", Code.UNKNOWN_NAME)
        elif any(_lists(value, destination) for value in expecting.bindings[name]):
            return True
    return False


def _lists(value: str, destination: str) -> bool:
    if is_address(destination):
        try:
            return ip_address(destination) in ip_network(value)
        except ValueError:
            return False
    return fnmatchcase(normal_name(destination), value)
