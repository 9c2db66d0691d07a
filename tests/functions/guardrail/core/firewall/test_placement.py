"""A place where nothing is enforced is no place for rules, and why it is not is told as it is."""

from dataclasses import replace

import pytest

from guardrail.core.firewall.plan import SyncStatus
from guardrail.core.firewall.planning import make_plan
from guardrail_lab.controller.reserved import BEFORE_UI
from tests.firewall_builders import rule
from tests.firewall_states import State, pack_of

PACK = pack_of(rule("10-list", "PERMIT", priority=10, src=("s0",), web=("w0",)), w0=("a.example.com",))
IDLE = "which is not enforced; attach that group"


def arranged(*, attach_to="", held=True, group_at="", taken=False, point=None):
    """What is planned for our ruleset.

    Args:
        attach_to: Of our ruleset.
        held: Whether a policy group of somebody's names it.
        group_at: Where that group is attached.
        taken: Whether somebody else has the first attachment point.
        point: Name of the attachment point that is bound.
    """
    state = State.of(PACK, PACK)
    state.apply_old()
    lab = state.lab
    (ours,) = (each for each in lab.live().rulesets if each["name"] == "ours-pack")
    place = f"microseg/policy-list3/{ours['uuid']}"
    lab.write("PUT", place, {**ours, "attach_to": ""})
    own = {"attachment_point": {"name": "MINE"}, "priority": 2}
    parts = [{"list": ours["uuid"], "priority": 1}] if held else []
    group = {"name": "their group", "attach_to": group_at, "sub_policies": [*parts, own]}
    lab.write("POST", "microseg/policy-list3", group)
    (mine,) = (
        each["uuid"]
        for found in lab.live().rulesets
        for part in found.get("sub_policies", ())
        for each in [part.get("attachment_point")]
        if each
    )
    if attach_to:
        lab.write("PUT", place, {**ours, "attach_to": mine if attach_to == "MINE" else attach_to})
    if taken:
        lab.write("POST", "microseg/policy-list3", {"name": "their set", "attach_to": BEFORE_UI, "policies": []})
    task = state.task()
    task = replace(task, bound=replace(task.bound, attachment_point=point))
    return make_plan(task.bound, lab.live(task), task.ownership)


def test_a_ruleset_in_a_group_that_is_enforced_stays_there():
    plan = arranged(group_at=BEFORE_UI)

    assert (plan.sync, plan.warnings) == (SyncStatus.SYNCED, ())


@pytest.mark.parametrize("attach_to", ["", "MINE"])
def test_a_ruleset_of_which_nothing_is_enforced_is_attached(attach_to):
    plan = arranged(attach_to=attach_to)

    (change,) = plan.changes
    assert change.address == "ruleset/ours-pack"
    assert change.after["attached_to"] == "TERRAFORM_BEFORE_UI_MANAGED"
    assert [call.settings["attach_to"] for call in plan.calls] == [BEFORE_UI]


def test_where_the_point_is_taken_a_ruleset_in_an_idle_group_is_refused_by_the_name_of_that_group():
    """It cannot be deleted while the group has it, and in the V1 list its rules would stand beside it."""
    plan = arranged(taken=True)

    assert f"is taken; our ruleset is in policy group their group, {IDLE}" in str(plan.refused)
    assert plan.calls == ()
    assert plan.warnings[0] in str(plan.refused)


def test_where_the_point_is_taken_a_ruleset_at_a_point_of_an_idle_group_gives_way_to_the_v1_list():
    plan = arranged(held=False, attach_to="MINE", taken=True)

    assert "is taken; our rules stand in the V1 list" in plan.warnings[0]
    assert [call.verb for call in plan.calls] == ["replace-list", "delete-ruleset"]


@pytest.mark.parametrize("attach_to", ["", "MINE", BEFORE_UI])
def test_a_point_of_an_idle_group_is_refused_wherever_our_ruleset_is(attach_to):
    plan = arranged(held=False, attach_to=attach_to, point="MINE")

    assert f"attachment_point MINE is in policy group their group, {IDLE}" in str(plan.refused)


def test_a_point_that_the_controller_does_not_have_is_not_called_taken():
    plan = arranged(held=False, attach_to=BEFORE_UI, point="NOPE")

    assert plan.warnings == ("attachment_point NOPE: the controller has none of that name",)
    assert plan.warnings[0] in str(plan.refused)
