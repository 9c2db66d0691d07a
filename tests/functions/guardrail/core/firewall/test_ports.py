"""Protocols and ports of rules."""

from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.firewall.objects import Action, PortRange, Protocol, Rule
from guardrail.core.firewall.ports import PortIndex

PORTS = st.integers(0, 20)
RANGES = st.lists(st.builds(lambda one, other: PortRange(min(one, other), max(one, other)), PORTS, PORTS), max_size=3)
RULES = st.lists(
    st.builds(lambda protocol, ports: Rule("r", "", 1, Action.DENY, (), (), protocol, ports=tuple(ports)),
              st.sampled_from(Protocol), RANGES),
    max_size=5,
)  # fmt: skip


def says(rule, protocol, port):
    """Whether a rule is about a port: None if that depends on the port, and there is none."""
    if rule.protocol not in (protocol, Protocol.ANY):
        return False
    if protocol is Protocol.ICMP:
        return rule.protocol is Protocol.ICMP or not rule.ports
    if port is None:
        return None if rule.ports else True
    return not rule.ports or any(each.lo <= port <= each.hi for each in rule.ports)


@given(rules=RULES, protocol=st.sampled_from([Protocol.TCP, Protocol.UDP, Protocol.ICMP]), port=PORTS | st.none())
def test_a_rule_is_found_by_its_protocol_and_its_ports(rules, protocol, port):
    found = PortIndex(rules).match(protocol, port)

    for position, rule in enumerate(rules):
        said = says(rule, protocol, port)
        assert bool(found.sure >> position & 1) is (said is True)
        assert bool(found.possible >> position & 1) is (said is not False)
