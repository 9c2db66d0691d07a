"""What the route tables prove, and what they do not."""

import pytest

from guardrail.core.firewall.routes import DefaultRoute, Proof, Way, judge, no_way_out

NAT = ("nat-1", "active", False)
SPOKE = ("i-spoke", "active", True)
UNKNOWN = ("eni-1", "active", None)
DEAD = ("nat-1", "blackhole", False)
NONE = ("", "", False)


def way(*targets, originals=("nat-1",)):
    routes = (
        DefaultRoute(f"subnet-{number}", "rtb-1", target, state, at_spoke=at)
        for number, (target, state, at) in enumerate(targets)
    )
    return Way(tuple(routes), originals)


@pytest.mark.parametrize(
    ("targets", "out", "back_in"),
    [
        ((NAT, NAT), Proof.PROVEN, Proof.WRONG),
        ((SPOKE, SPOKE), Proof.WRONG, Proof.PROVEN),
        ((NAT, SPOKE), Proof.WRONG, Proof.WRONG),
        ((NAT, UNKNOWN), Proof.ACCEPTED, Proof.WRONG),
        ((UNKNOWN,), Proof.ACCEPTED, Proof.ACCEPTED),
        ((DEAD,), Proof.WRONG, Proof.WRONG),
        ((NONE,), Proof.WRONG, Proof.WRONG),
        ((), Proof.ACCEPTED, Proof.ACCEPTED),
    ],
)
def test_only_active_routes_that_go_where_they_should_prove_it(targets, out, back_in):
    assert judge(way(*targets), None, at_spoke=False) is out
    assert judge(way(*targets), None, at_spoke=True) is back_in


def test_a_subnet_that_never_went_through_the_gateway_need_not_do_so_afterwards():
    assert judge(way(SPOKE, NAT), frozenset({"subnet-0"}), at_spoke=True) is Proof.PROVEN
    assert judge(way(NAT, NONE), frozenset({"subnet-0"}), at_spoke=False) is Proof.PROVEN
    assert judge(way(NAT, SPOKE), frozenset({"subnet-0"}), at_spoke=False) is Proof.WRONG


def test_it_is_said_beforehand_whether_there_is_anything_to_return_to():
    assert no_way_out(way(SPOKE)) is None
    assert "no way to the internet" in (no_way_out(way(SPOKE, originals=())) or "")
    assert "not known" in (no_way_out(None) or "")
    assert "not known" in (no_way_out(Way()) or "")


def test_a_subnet_that_has_left_the_gateway_and_has_nowhere_to_go_is_not_waited_for():
    assert way(NONE, originals=()).leads_nowhere()
    assert not way(NONE).leads_nowhere()
    assert not way(SPOKE, originals=()).leads_nowhere()
