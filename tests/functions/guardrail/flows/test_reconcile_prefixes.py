"""Installations whose prefixes begin alike: whoever comes later is refused, and nobody is told to touch the other's."""

from dataclasses import replace

import pytest

from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.ownership import Ownership
from guardrail.core.firewall.pack import Mode, PolicyPack
from guardrail.flows.reconcile_pack import Task, apply_pack
from guardrail_lab.controller.reserved import BEFORE_UI
from tests.firewall_builders import rule
from tests.firewall_lab import FirewallLab
from tests.firewall_states import pack_of

RELEASES = pytest.mark.parametrize("release", ["8.1", "9.0"])
ONE = replace(pack_of(), name="one")
OTHER = replace(
    ONE,
    name="other",
    smart_groups={"agents": replace(ONE.smart_groups["s0"], name="agents")},
    rules=(rule("100-deny", "DENY", priority=100),),
)


def task(prefix: str, pack: PolicyPack = ONE, known: frozenset[str] = frozenset(), mode: Mode = Mode.ENFORCE) -> Task:
    return Task(BoundPack(pack, prefix, mode), Ownership(prefix, known=known))


def names(lab: FirewallLab) -> set[str]:
    world = lab.simulator.sim.world
    objects = (*world.groups.values(), *world.rulesets.values(), *lab.simulator.sim.all_rules())
    return {each["name"] for each in objects if each["name"].startswith("prod")}


@RELEASES
@pytest.mark.parametrize("mode", Mode)
def test_a_prefix_that_extends_one_in_use_is_refused_whatever_that_pack_calls_its_objects(release, mode):
    lab = FirewallLab(release)
    assert apply_pack(task("prod", mode=mode), lab.world()).sync == "Synced"
    before = names(lab)

    report = apply_pack(task("prod-eu", OTHER), lab.world())

    assert "name_prefix prod-eu extends prod, which is in use" in str(report.refused)
    assert names(lab) == before
    assert apply_pack(task("prod"), lab.world()).sync == "Synced"


@RELEASES
def test_a_prefix_that_another_one_extends_is_refused_and_nobody_is_told_to_touch_what_stands_there(release):
    lab = FirewallLab(release)
    apply_pack(task("prod-eu", OTHER), lab.world())
    before = names(lab)

    report = apply_pack(task("prod"), lab.world())

    assert "name_prefix prod is extended by prod-eu, which is in use: choose another; not ours" in str(report.refused)
    assert "detach" not in str(report.refused)
    assert names(lab) == before


@pytest.mark.parametrize("ours", [False, True])
def test_a_ruleset_with_our_prefix_is_to_be_detached_only_if_the_record_says_that_it_is_ours(ours):
    lab = FirewallLab("9.0")
    apply_pack(task("prod"), lab.world())
    (mine,) = (each for each in lab.simulator.sim.world.rulesets.values() if each["name"] == "prod-one")
    mine["attach_to"] = ""
    lab.write("POST", "microseg/policy-list3", {"name": "prod-other", "attach_to": BEFORE_UI, "policies": []})
    known = frozenset({"prod-other"} if ours else ())

    refused = str(apply_pack(task("prod", known=known), lab.world()).refused)

    assert ("a second ruleset has our prefix and is attached: prod-other; detach it" in refused) is ours
    assert refused.startswith("not ours by any record, though the prefix is: ruleset/prod-other") is not ours


@RELEASES
def test_prefixes_that_share_a_beginning_and_extend_nothing_get_along(release):
    lab = FirewallLab(release)
    for prefix in ("prod-eu", "prod-us", "prod-eu2"):
        assert apply_pack(task(prefix, OTHER), lab.world()).sync == "Synced"

    assert apply_pack(task("prod-us", OTHER), lab.world()).writes == 0


@RELEASES
@pytest.mark.parametrize("recorded", [False, True])
def test_who_was_there_first_goes_on_whoever_comes_later(release, recorded):
    """A colleague calls a rule and a group of theirs as an installation would: what they come after is not stopped."""
    lab = FirewallLab(release)
    apply_pack(task("prod-eu", OTHER), lab.world())
    if recorded:
        world = lab.simulator.sim.world
        world.policies.clear()
        for each in world.rulesets.values():
            each["policies"] = []
        lab.simulator.sim.changed()
    group = {"name": "prod-hand", "selector": {"any": [{"all": {"cidr": "10.9.0.0/16"}}]}}
    uuid = lab.write("POST", "app-domains", group)["uuid"]
    hand = {"name": "prod-deny", "action": "DENY", "priority": 900, "src_ads": [uuid], "dst_ads": [uuid]}
    lab.write("PUT", "microseg/policy-list", {
        "policies": [*map(dict, lab.simulator.sim.world.policies), {**hand, "protocol": "TCP"}],
    })  # fmt: skip
    known = frozenset(task("prod-eu", OTHER).bound.names()) if recorded else frozenset()

    report = apply_pack(task("prod-eu", replace(OTHER, name="other"), known), lab.world())

    assert (report.sync, report.refused) == ("Synced", None)
    assert "name_prefix prod-uk extends prod" in str(apply_pack(task("prod-uk", OTHER), lab.world()).refused)
