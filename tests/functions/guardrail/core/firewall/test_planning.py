from dataclasses import replace

import pytest

from guardrail.core.firewall.live import LiveDefault
from guardrail.core.firewall.plan import SyncStatus
from guardrail.core.firewall.planning import make_plan
from guardrail.core.firewall.versions import ControllerVersion
from tests.firewall_builders import rule
from tests.firewall_states import State, pack_of

PACK = pack_of(rule("10-list", "PERMIT", priority=10, src=("s0",), web=("w0",)), w0=("a.example.com",))


def arranged(release="9.0"):
    state = State.of(PACK, PACK, release)
    state.apply_old()
    task = state.task()
    return task.bound, state.lab.live(), task.ownership


def test_equal_inputs_give_equal_plans():
    bound, live, ownership = arranged()
    other = replace(bound, pack=pack_of())

    one, two = (make_plan(other, live, ownership) for _ in range(2))

    assert one == two
    assert one.fingerprint() == two.fingerprint() != make_plan(bound, live, ownership).fingerprint()


def test_a_controller_without_web_groups_is_too_old():
    bound, live, ownership = arranged()
    old = replace(live, version=ControllerVersion(7, 0), rulesets=None, default_action=None)

    assert "controller 7.0 has no web groups, expected 7.1 or newer" in str(make_plan(bound, old, ownership).refused)


def test_a_prefix_that_the_record_knows_to_be_in_use_is_refused():
    bound, live, ownership = arranged()
    bound, ownership = replace(bound, prefix="ours-too"), replace(ownership, prefix="ours-too")

    plan = make_plan(bound, live, ownership)

    assert "name_prefix ours-too extends ours, which is in use" in str(plan.refused)


@pytest.mark.parametrize("release", ["8.1", "10.1"])
def test_what_is_as_it_should_be_needs_nothing(release):
    plan = make_plan(*arranged(release))

    assert (plan.sync, plan.changes, plan.calls, plan.refused, plan.loosens) == (SyncStatus.SYNCED, (), (), None, ())
    assert plan.unchanged == 4


def test_logging_of_the_default_action_may_change_and_its_log_profile_stays():
    bound, live, ownership = arranged()
    live = replace(live, default_action=LiveDefault("DENY", False, "their profile"))

    plan = make_plan(replace(bound, manage_default_action=True), live, ownership)

    (call,) = plan.calls
    assert call.settings == {"action": "DENY", "logging": True, "log_profile": "their profile"}
    assert plan.refused is None


def test_a_plan_names_groups_and_never_their_uuids():
    bound, live, ownership = arranged()
    changed = replace(bound, pack=pack_of(rule("20-more", "DENY", priority=20, src=("s0",), web=("w9",)), w9=("b.c",)))

    told = str(make_plan(changed, live, ownership).changes)

    assert not any(group["uuid"] in told for group in live.groups)
    assert "ours-w9" in told
