from dataclasses import replace

import pytest

from guardrail.core.firewall.plan import SyncStatus
from guardrail.core.firewall.planning import make_plan
from guardrail_lab.controller.reserved import ANYWHERE
from tests.firewall_builders import rule
from tests.firewall_states import State, pack_of

LIST = rule("10-list", "PERMIT", priority=10, src=("s0",), web=("w0",))
PACK = pack_of(LIST, w0=("a.example.com",))
OTHER_NAMES = pack_of(LIST, w0=("b.example.com",))
THEIRS = {"name": "their\x1b rule", "action": "PERMIT", "src_ads": [ANYWHERE], "dst_ads": [ANYWHERE], "protocol": "TCP"}


def planned(pack, *named):
    """A plan for a pack where somebody's rule names these groups of ours."""
    state = State.of(PACK, pack)
    state.apply_old()
    uuids = [uuid for uuid, each in state.lab.simulator.sim.world.groups.items() if each["name"] in named]
    state.lab.write("PUT", "microseg/policy-list", {"policies": [THEIRS | ({"web_filters": uuids} if uuids else {})]})
    task = state.task()
    return make_plan(task.bound, state.lab.live(), task.ownership)


@pytest.mark.parametrize(
    ("pack", "named", "told"),
    [
        pytest.param(OTHER_NAMES, ["ours-w0"], True, id="changed, and theirs names it"),
        pytest.param(OTHER_NAMES, [], False, id="changed, and no rule of theirs names it"),
        pytest.param(PACK, ["ours-w0"], False, id="not changed"),
    ],
)
def test_a_group_that_changes_under_a_rule_of_somebodys_is_told_by_the_name_of_that_rule(pack, named, told):
    plan = planned(pack, *named)

    expected = ("group ours-w0 changes under rule their rule, which is not ours and names it too",)
    assert plan.warnings == (expected if told else ())
    assert plan.refused is None


def test_a_firewall_that_is_off_is_told_whatever_the_rules_are():
    state = State.of(PACK, PACK)
    state.apply_old()
    task = state.task()

    plan = make_plan(task.bound, replace(state.lab.live(), dcf_on=False), task.ownership)

    assert (plan.sync, plan.changes, plan.enforced) == (SyncStatus.SYNCED, (), False)
    assert plan.warnings[0] in str(plan.refused)
    assert "(Distributed Cloud Firewall) is off" in plan.warnings[0]
