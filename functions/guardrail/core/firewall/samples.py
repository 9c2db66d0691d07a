"""Flows that try a rule: for each of its groups, names and port ranges one that it matches."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from guardrail.core.firewall.flow import App
from guardrail.core.firewall.names import split_url
from guardrail.core.firewall.objects import ANYWHERE, PUBLIC_INTERNET, Protocol, Rule
from guardrail.core.firewall.pack import PolicyPack
from guardrail.core.firewall.ports import covered
from guardrail.core.firewall.sources import Sources

_USUAL_PORTS = (22, 53, 80, 443, 9009)
"""What is tried of a rule that is about all ports."""
_UNKNOWN_NAME = "unknown.example"
Part = dict[str, Any]


def sample_flows(pack: PolicyPack, sources: Sources) -> Iterator[Part]:
    """Yield flows, as `parse_flow` reads them, that between them try every part of every rule."""
    for rule in pack.rules:
        origins = [sources.flow_from(name) for name in rule.src]
        goals = [_goal(name, sources) for name in rule.dst]
        for origin, goal, transport, name in product(origins, goals, _transports(rule), _names(rule, pack)):
            yield _fitting(origin | goal | transport | name)


def _goal(group: str, sources: Sources) -> Part:
    """Return a destination in a group: public ones are left to names, others have an address or are named."""
    if group in (ANYWHERE, PUBLIC_INTERNET):
        return {}
    address = sources.address_in(group)
    return {"dst_groups": [group]} if address is None else {"dst_ip": address}


def _transports(rule: Rule) -> Iterator[Part]:
    for protocol in covered(rule):
        if protocol is Protocol.ICMP:
            yield {"protocol": protocol.value}
            continue
        ports = sorted({port for each in rule.ports for port in (each.lo, each.hi)}) or _USUAL_PORTS
        yield from ({"protocol": protocol.value, "port": port} for port in ports)


def _names(rule: Rule, pack: PolicyPack) -> list[Part]:
    """Return what clients may say: nothing, a name that nobody knows, and a name or URL for each pattern."""
    found: list[Part] = []
    for group in (pack.web_groups[name] for name in rule.web if name in pack.web_groups):
        found += [{"sni": _concrete(pattern), "path": "/"} for pattern in group.sni]
        for host, path in filter(None, map(split_url, group.url)):
            found.append({"sni": _concrete(host), "path": _concrete(path)})
    return found or [{}, {"sni": _UNKNOWN_NAME, "path": "/"}]


def _concrete(pattern: str) -> str:
    return pattern.replace("*", "any")


def _fitting(flow: Part) -> Part:
    """Drop the name of a flow that cannot have one."""
    if flow["protocol"] == Protocol.TCP.value and "sni" in flow:
        return {**flow, "app": App.TLS.value}
    return {key: value for key, value in flow.items() if key not in ("sni", "path")}
