import pytest

from guardrail.core.firewall.planning import make_plan
from guardrail_lab.controller.reserved import ANYWHERE
from tests.firewall_builders import rule
from tests.firewall_states import State, pack_of

PACK = pack_of(rule("10-list", "PERMIT", priority=10, src=("s0",), web=("w0",)), w0=("a.example.com",))
THEIRS = {"name": "theirs", "src_ads": [ANYWHERE], "dst_ads": [ANYWHERE], "protocol": "TCP", "priority": 50}


def moved(**edit):
    """A plan that moves our rules from the V1 list into a ruleset, past a rule of somebody's."""
    state = State.of(PACK, PACK, "8.1")
    state.lab.write("PUT", "microseg/policy-list", {"policies": [{**THEIRS, "action": "PERMIT"}]})
    state.apply_old()
    (theirs,) = (each for each in state.lab.simulator.sim.world.policies if each["name"] == "theirs")
    theirs.update(edit)
    state.release = "10.1"
    state.upgrade()
    task = state.task()
    return make_plan(task.bound, state.lab.live(), task.ownership)


@pytest.mark.parametrize(
    ("edit", "refused"),
    [
        pytest.param({"protocol": "ESP"}, True, id="a protocol that no rule of ours can have"),
        pytest.param({"protocol": "ESP", "priority": 500}, True, id="behind ours, but who knows what it is about"),
        pytest.param({"protocol": "ESP", "enforcement": "DISABLE"}, False, id="disabled"),
        pytest.param({"action": "SOMETHING_NEW"}, True, id="an action that nobody knows"),
        pytest.param({"decrypt_policy": "DECRYPT_PERHAPS"}, True, id="a word that nobody knows"),
        pytest.param({"protocol": "ESP", "enforcement": "MONITOR"}, True, id="on Watch"),
    ],
)
def test_ours_do_not_move_past_a_rule_of_a_form_that_nobody_knows(edit, refused):
    plan = moved(**edit)

    assert (plan.refused is not None) is refused
    if refused:
        assert "rule theirs of the V1 list, which is not ours, is of a form that is not known" in str(plan.refused)


def test_a_group_of_somebodys_does_not_pass_for_anywhere_because_of_its_name():
    """Theirs is about a few addresses of their own, which are none of those that our rules are about."""
    state = State.of(PACK, PACK, "8.1")
    group = {"name": "Anywhere", "selector": {"any": [{"all": {"cidr": "192.0.2.0/24"}}]}}
    uuid = state.lab.write("POST", "app-domains", group)["uuid"]
    narrow = {**THEIRS, "action": "PERMIT", "src_ads": [uuid]}
    state.lab.write("PUT", "microseg/policy-list", {"policies": [narrow]})
    state.apply_old()
    state.release = "9.0"
    state.upgrade()
    task = state.task()

    assert make_plan(task.bound, state.lab.live(), task.ownership).refused is None
