"""Which rules are about a flow's protocol and port."""

from bisect import bisect_right
from collections.abc import Sequence

from guardrail.core.firewall.intervals import Intervals, cells, merged
from guardrail.core.firewall.membership import Bits, Reach
from guardrail.core.firewall.objects import Protocol, Rule

_WITH_PORTS = (Protocol.TCP, Protocol.UDP)
_FLOWS = (*_WITH_PORTS, Protocol.ICMP)


class PortIndex:
    """For each protocol, the port line cut wherever a range begins or ends."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._all = {protocol: _chosen(rules, protocol, ports=False) for protocol in _FLOWS}
        self._some = {protocol: _chosen(rules, protocol, ports=True) for protocol in _FLOWS}
        self._starts, self._rules = cells([_ports(rule) for rule in rules])

    def match(self, protocol: Protocol, port: int | None) -> Reach:
        """Return the rules for a flow's protocol and port; without a port, rules that want one may match."""
        sure, some = self._all[protocol], self._some[protocol]
        if port is None:
            return Reach(sure, sure | some)
        sure |= some & self._rules[bisect_right(self._starts, port) - 1]
        return Reach(sure, sure)


def covered(rule: Rule) -> tuple[Protocol, ...]:
    """Return the protocols that a rule is about: any means all three, but with ports only those that have ports."""
    if rule.protocol is not Protocol.ANY:
        return (rule.protocol,)
    return _WITH_PORTS if rule.ports else _FLOWS


def _chosen(rules: Sequence[Rule], protocol: Protocol, *, ports: bool) -> Bits:
    """Return the rules about a protocol that look at ports, or those that do not; ICMP has none to look at."""
    return sum(
        1 << position
        for position, rule in enumerate(rules)
        if protocol in covered(rule) and ports is bool(rule.ports and protocol in _WITH_PORTS)
    )


def _ports(rule: Rule) -> Intervals:
    return merged((each.lo, each.hi) for each in rule.ports)
