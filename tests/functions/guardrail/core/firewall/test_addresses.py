"""Addresses of groups, as far as a site knows them."""

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.firewall.addresses import ALL, NONE, PUBLIC, Ranges, address, extent, of_texts, ranges
from guardrail.core.firewall.objects import ANYWHERE, PUBLIC_INTERNET, SmartGroup
from guardrail.core.firewall.site import NOWHERE
from tests.firewall_worlds import SITE

NETWORKS = st.lists(
    st.builds(lambda low, bits: ip_network((low << 24, bits), strict=False), st.integers(0, 255), st.integers(4, 12)),
    max_size=6,
)
RUNTIMES, CLIENTS, ENDPOINTS = (
    ranges(networks) for networks in (SITE.runtime_networks, SITE.client_networks, SITE.endpoint_networks)
)


def group(*selectors, within=()):
    return SmartGroup("g", tuple(tuple(sorted(selector.items())) for selector in selectors), within)


def subnet(number, **more):
    return {"type": "subnet", "res_id": f"subnet-{number}", **more}


@given(networks=NETWORKS, probe=st.integers(0, 2**32 - 1))
def test_ranges_hold_what_their_networks_hold(networks, probe):
    held = any(ip_address(probe) in network for network in networks)

    assert ranges(networks).holds((4, probe)) is held


@given(left=NETWORKS, right=NETWORKS, probe=st.integers(0, 2**32 - 1))
def test_ranges_intersect_unite_and_cover_as_sets_do(left, right, probe):
    one, other = ranges(left), ranges(right)

    assert (one & other).holds((4, probe)) is (one.holds((4, probe)) and other.holds((4, probe)))
    assert (one | other).holds((4, probe)) is (one.holds((4, probe)) or other.holds((4, probe)))
    assert (one | other).covers(one)
    assert one.covers(other) is ((one & other) == other)


def test_the_public_internet_is_everything_but_rfc_1918():
    private = of_texts(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"])

    assert PUBLIC & private == NONE
    assert PUBLIC | private == Ranges(((0, 2**32 - 1),))
    assert extent(SmartGroup(PUBLIC_INTERNET), NOWHERE).sure == PUBLIC


def test_anywhere_is_ipv4():
    assert extent(SmartGroup(ANYWHERE), NOWHERE).sure == Ranges(((0, 2**32 - 1),))


@pytest.mark.parametrize(
    ("made_of", "sure", "maybe"),
    [
        pytest.param(group({"cidr": "10.50.10.0/24"}), RUNTIMES, NONE, id="a CIDR"),
        pytest.param(group(), NONE, NONE, id="empty"),
        pytest.param(group(subnet(1), subnet(2)), RUNTIMES, NONE, id="all runtime subnets"),
        pytest.param(group(subnet(1)), NONE, RUNTIMES, id="some runtime subnets"),
        pytest.param(
            group(subnet(1), subnet(2, region="useast1")), NONE, RUNTIMES, id="all, but one under a condition"
        ),
        pytest.param(group(subnet(9)), NONE, ALL, id="a subnet of somebody else"),
        pytest.param(group({"type": "vpc", "name": "clients"}), CLIENTS, NONE, id="the client VPC"),
        pytest.param(group({"type": "vpc", "name": "others"}), NONE, ALL, id="another VPC"),
        pytest.param(group({"fqdn": "vpce.example.com"}), NONE, ENDPOINTS, id="an endpoint"),
        pytest.param(group({"fqdn": "a.example.com"}), NONE, ALL, id="any other name"),
        pytest.param(group({"external": "geo", "country_iso_code": "FR"}), NONE, ALL, id="a feed"),
        pytest.param(group({"tags.env": "prod", "type": "vm"}), NONE, ALL, id="tags"),
        pytest.param(
            group({"tags.env": "prod", "type": "vm"}, within=("10.50.10.0/24",)), NONE, RUNTIMES, id="tags within"
        ),
        pytest.param(
            group({"cidr": "10.60.0.0/16"}, {"fqdn": "a.example.com"}, within=("10.50.10.0/24",)),
            CLIENTS,
            RUNTIMES,
            id="a CIDR or a name, within",
        ),
    ],
)
def test_a_group_holds_and_may_hold(made_of, sure, maybe):
    known = extent(made_of, SITE)

    assert known.sure == sure
    assert known.maybe & ALL == maybe


@pytest.mark.parametrize("made_of", [group(subnet(1), subnet(2)), group({"type": "vpc", "name": "clients"})])
def test_what_the_site_does_not_know_may_be_anywhere(made_of):
    unknown = replace(SITE, runtime_networks=(), client_networks=())

    assert extent(made_of, unknown).maybe == ALL


def test_ipv4_in_the_clothes_of_ipv6_is_ipv4():
    assert address("::ffff:8.8.8.8") == address("8.8.8.8") == (4, 0x08080808)
    assert address("2001:db8::1")[0] == 6


@pytest.mark.parametrize("text", ["", "8.8.8", "8.8.8.8/32", "example.com", "08.8.8.8", "::1::"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        address(text)
