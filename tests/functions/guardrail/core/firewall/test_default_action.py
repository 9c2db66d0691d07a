from dataclasses import replace

import pytest

from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.default_action import Permissions, default_action_plan
from guardrail.core.firewall.live import LiveDefault, LiveState
from guardrail.core.firewall.pack import Mode
from guardrail.core.firewall.versions import CURRENT
from tests.firewall_states import pack_of

BOUND = BoundPack(pack_of(), "ours", Mode.ENFORCE, manage_default_action=True)
ACCEPTED = Permissions(accept_controller_wide=True)


def live(action, *, logging=True):
    return LiveState(CURRENT, (), (), (), LiveDefault(action, logging), True, None)


@pytest.mark.parametrize("permissions", [ACCEPTED, Permissions()])
@pytest.mark.parametrize("mode", [Mode.DISCOVER, Mode.WATCH])
def test_while_our_rules_only_watch_the_default_action_does_not_begin_to_deny(mode, permissions):
    plan = default_action_plan(replace(BOUND, mode=mode), live("PERMIT"), permissions)

    assert f"and deny what mode {mode} only watches; expected mode enforce" in str(plan.refused)
    assert str(plan.refused).endswith("; nothing was applied")
    assert (plan.call, plan.calls()) == (None, ())
    assert plan.change is not None


def test_once_our_rules_are_enforced_it_does_if_that_is_accepted():
    plan = default_action_plan(BOUND, live("PERMIT"), ACCEPTED)

    assert plan.refused is None
    assert [call.settings["action"] for call in plan.calls()] == ["DENY"]
    assert "expected --accept-controller-wide" in str(default_action_plan(BOUND, live("PERMIT"), Permissions()).refused)


@pytest.mark.parametrize("mode", Mode)
def test_one_that_denies_already_may_begin_to_log_in_every_mode(mode):
    plan = default_action_plan(replace(BOUND, mode=mode), live("DENY", logging=False), Permissions())

    assert (plan.refused, len(plan.calls())) == (None, 1)


@pytest.mark.parametrize("mode", Mode)
def test_one_that_is_not_ours_to_manage_is_no_matter_of_the_mode(mode):
    plan = default_action_plan(replace(BOUND, mode=mode, manage_default_action=False), live("PERMIT"), ACCEPTED)

    assert (plan.change, plan.refused, plan.warnings) == (None, None, ())
