import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.firewall.planned_call import Overtaken, PlannedCall, Verb
from guardrail_lab.controller.simulation import Timing
from tests.firewall_lab import FirewallLab

GROUP = {"name": "g", "selector": {"any": [{"all": {"cidr": "10.9.0.0/16"}}]}}


def used_group(lab: FirewallLab) -> str:
    """A group that a rule used until right now."""
    uuid = lab.write("POST", "app-domains", GROUP)["uuid"]
    rule = {"name": "r", "action": "PERMIT", "src_ads": [uuid], "dst_ads": [uuid]}
    lab.write("PUT", "microseg/policy-list", {"policies": [rule]})
    lab.write("PUT", "microseg/policy-list", {"policies": []})
    return uuid


def test_a_group_that_counts_as_used_for_a_while_is_deleted_when_it_does_not():
    lab = FirewallLab(timing=Timing(propagation=0, release=2.0, job=0))
    uuid, began = used_group(lab), lab.now
    gateway = lab.gateway()

    gateway.carry_out(PlannedCall(Verb.DELETE_GROUP, "g", uuid), gateway.read(None).version)

    assert uuid not in lab.simulator.sim.world.groups
    assert 2.0 <= lab.now - began <= 8.0


def test_a_group_that_stays_used_is_given_up_after_a_bounded_time():
    lab = FirewallLab(timing=Timing(propagation=0, release=3600.0, job=0))
    uuid, began = used_group(lab), lab.now
    gateway = lab.gateway()

    with pytest.raises(GatewayError) as caught:
        gateway.carry_out(PlannedCall(Verb.DELETE_GROUP, "g", uuid), gateway.read(None).version)

    assert caught.value.code == "AVXERR-SMARTGROUP-0003"
    assert lab.now - began == 7.5


@pytest.mark.parametrize("verb", [Verb.REPLACE_LIST, Verb.REPLACE_RULESET, Verb.DELETE_RULESET])
def test_a_list_that_is_not_as_it_was_read_is_not_written(verb):
    lab = FirewallLab()
    gateway = lab.gateway()
    version = gateway.read(None).version
    uuid = lab.write("POST", "microseg/policy-list3", {"name": "s", "policies": []})["uuid"]
    seen = ({"name": "was there", "action": "PERMIT"},)
    call = PlannedCall(verb, "s", None if verb is Verb.REPLACE_LIST else uuid, seen=seen, settings={"uuid": uuid})
    lab.calls.clear()

    with pytest.raises(Overtaken, match="has changed since it was read; nothing was written"):
        gateway.carry_out(call, version)

    assert lab.writes() == []
    assert lab.reads() == 1


@pytest.mark.parametrize(
    ("release", "point", "reads"),
    [
        ("8.1", None, 5),
        ("8.1", "mine", 5),
        ("9.0", None, 6),
        ("9.0", "TERRAFORM_AFTER_UI_MANAGED", 6),
        ("9.0", "mine", 7),
    ],
)
def test_everything_is_read_with_few_calls(release, point, reads):
    lab = FirewallLab(release)

    live = lab.gateway().read(point)

    assert lab.reads() == len(lab.calls) == reads
    assert (live.rulesets is None) is (release == "8.1")
    assert live.dcf_on


@pytest.mark.parametrize(("release", "managed", "reads"), [("8.1", False, 3), ("9.0", False, 4), ("9.0", True, 5)])
def test_what_is_read_again_says_whether_the_firewall_is_still_on(release, managed, reads):
    lab = FirewallLab(release)
    gateway = lab.gateway()
    before = gateway.read(None)
    lab.simulator.sim.world.features["microseg"] = False
    if release != "8.1":
        lab.write("PUT", "microseg/default-action-policy", {"action": "DENY", "logging": True, "log_profile": ""})
    lab.calls.clear()

    after = gateway.read_again(before, default_action=managed)

    assert (before.dcf_on, after.dcf_on) == (True, False)
    assert (after.default_action != before.default_action) is managed
    assert lab.reads() == len(lab.calls) == reads


def test_the_gateways_are_read_by_name():
    assert "agentcore-vca-agentcore-spoke" in FirewallLab().gateway().gateways()
