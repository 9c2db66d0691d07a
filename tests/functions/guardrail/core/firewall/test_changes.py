"""A rule that names another group is told as changed, whatever that group is called."""

import pytest

from guardrail.core.firewall.plan import SyncStatus
from guardrail.core.firewall.planning import make_plan
from guardrail_lab.controller.reserved import ALL_WEB, ANYWHERE, COUNTRIES, PUBLIC_INTERNET
from tests.firewall_builders import rule
from tests.firewall_states import State, pack_of

PACK = pack_of(
    rule("10-list", "PERMIT", priority=10, src=("s0",), dst=("Public Internet",), web=("w0",)),
    rule("20-web", "PERMIT", priority=20, src=("s0",), web=("All-Web",)),
    w0=("a.example.com",),
)
ADDRESSES, NAMES = {"cidr": "192.0.2.77/32"}, {"snifilter": "x.example.com"}


def pointed_at(rule_name, side, instead_of, name, selector):
    """A plan for our rules after somebody let one of them name a group of theirs."""
    state = State.of(PACK, PACK)
    state.apply_old()
    group = {"name": name, "selector": {"any": [{"all": selector}]}}
    uuid = state.lab.write("POST", "app-domains", group)["uuid"]
    (edited,) = (each for each in state.lab.simulator.sim.all_rules() if each["name"] == rule_name)
    edited[side] = [uuid if instead_of in (None, each) else each for each in edited[side]]
    state.lab.simulator.sim.changed()
    task = state.task()
    return make_plan(task.bound, state.lab.live(), task.ownership)


@pytest.mark.parametrize(
    ("rule_name", "side", "instead_of", "name", "selector"),
    [
        pytest.param("ours-99-last", "dst_ads", ANYWHERE, "Anywhere", ADDRESSES, id="called like the controller's own"),
        pytest.param("ours-99-last", "dst_ads", ANYWHERE, "Anywhere.next", ADDRESSES, id="as if it were to be renamed"),
        pytest.param("ours-10-list", "dst_ads", PUBLIC_INTERNET, "Public Internet.next2", ADDRESSES, id="its dst"),
        pytest.param("ours-20-web", "web_filters", ALL_WEB, "All-Web.next", NAMES, id="a web group"),
        pytest.param("ours-99-last", "dst_ads", ANYWHERE, "(a group that is gone)", ADDRESSES, id="like one gone"),
        pytest.param("ours-99-last", "src_ads", None, "s0", ADDRESSES, id="called as in the pack"),
    ],
)
def test_a_group_of_somebodys_never_reads_like_the_one_that_is_meant(rule_name, side, instead_of, name, selector):
    plan = pointed_at(rule_name, side, instead_of, name, selector)

    (change,) = plan.changes
    assert (plan.sync, change.address, len(plan.calls)) == (SyncStatus.OUT_OF_SYNC, f"rule/{rule_name}", 1)
    key = {"src_ads": "src", "dst_ads": "dst", "web_filters": "web"}[side]
    assert change.before[key] == [f"{name} (not ours)"]
    assert change.after[key] != change.before[key]


def test_the_controllers_own_feeds_are_not_ours_either():
    state = State.of(PACK, PACK)
    state.apply_old()
    (edited,) = (each for each in state.lab.simulator.sim.all_rules() if each["name"] == "ours-99-last")
    edited["dst_ads"] = [COUNTRIES.format(1)]
    state.lab.simulator.sim.changed()
    task = state.task()

    (change,) = make_plan(task.bound, state.lab.live(), task.ownership).changes

    assert change.before["dst"][0].startswith("Country ")
    assert change.before["dst"][0].endswith(" (not ours)")
