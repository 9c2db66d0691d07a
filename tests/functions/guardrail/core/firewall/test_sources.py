"""An address for a flow that comes from a group."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.firewall.addresses import extent
from guardrail.core.firewall.objects import SmartGroup
from guardrail.core.firewall.site import NOWHERE
from guardrail.core.firewall.sources import Sources

CIDRS = ("10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.3/32", "192.0.2.0/24")


def sources(**groups):
    made = {name: SmartGroup(name, tuple((("cidr", cidr),) for cidr in cidrs)) for name, cidrs in groups.items()}
    return Sources({name: extent(group, NOWHERE) for name, group in made.items()})


@pytest.mark.parametrize(
    ("group", "address"), [("wide", "10.0.0.1"), ("narrow", "10.1.0.1"), ("single", "10.2.2.2"), ("six", "2001:db8::1")]
)
def test_a_group_is_stood_for_by_an_address_in_as_few_others_as_possible(group, address):
    found = sources(wide=["10.0.0.0/8"], narrow=["10.1.0.0/16"], single=["10.2.2.2/32"], six=["2001:db8::/64"])

    assert found.flow_from(group) == {"src_ip": address}


def test_a_group_that_only_the_controller_knows_is_named():
    unknown = SmartGroup("unknown", ((("tags.env", "prod"), ("type", "vm")),))

    assert Sources({"unknown": extent(unknown, NOWHERE)}).flow_from("unknown") == {"src_groups": ["unknown"]}
    assert sources(empty=[]).flow_from("empty") == {"src_groups": ["empty"]}


def test_what_is_no_group_is_an_address():
    assert sources().flow_from("192.0.2.10") == {"src_ip": "192.0.2.10"}


@given(groups=st.dictionaries(st.sampled_from("abc"), st.lists(st.sampled_from(CIDRS), min_size=1), min_size=1))
def test_the_address_is_in_the_group_and_no_address_of_it_is_in_fewer(groups):
    def held_by(address):
        return {name for name, cidrs in groups.items() if any(address in ip_network(cidr) for cidr in cidrs)}

    found = sources(**groups)
    for name, cidrs in groups.items():
        address = ip_address(found.flow_from(name)["src_ip"])
        firsts = [ip_network(cidr)[at] for cidr in cidrs for at in (0, -1)]

        assert name in held_by(address)
        assert all(len(held_by(address)) <= len(held_by(other)) for other in firsts)
