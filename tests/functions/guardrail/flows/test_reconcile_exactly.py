"""One plan and no other: what is left of it may be done, what somebody else made necessary meanwhile may not."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.core.firewall.back_out import PERMIT
from guardrail.core.firewall.plan import Plan
from guardrail.core.firewall.saved_plan import is_rest, saved
from guardrail.flows.reconcile_pack import Report, Task, apply_pack, plan_pack
from guardrail.gateways.controller.outcome import CONNECTION
from guardrail_lab.controller.faults import Fault, Kind
from guardrail_lab.controller.reserved import ANYWHERE
from tests.firewall_builders import rule
from tests.firewall_lab import FirewallLab, before_request
from tests.firewall_states import State, copied, pack_of

FEW = settings(max_examples=min(settings().max_examples // 25, 500))
RELEASES = pytest.mark.parametrize("release", ["8.1", "9.0"])
LIST = rule("10-list", "PERMIT", priority=10, src=("s0",), web=("w0",))
OLD = pack_of(LIST, w0=("a.example.com",))
NEW = pack_of(replace(LIST, web=("w0", "w1")), w0=("b.example.com",), w1=("c.example.com",))


def begun(release: str = "9.0") -> State:
    state = State.of(OLD, NEW, release)
    state.apply_old()
    state.lab.calls.clear()
    return state


def exactly(state: State, lab: FirewallLab, **changes: object) -> Task:
    """The task of carrying out the plan that is right now."""
    task = state.task(**changes)
    return replace(task, expected=saved(plan_pack(task, lab.world()).plan))


def before_reread(state: State, task: Task, somebody: Callable[[FirewallLab], None]) -> None:
    """Let somebody write right before the list of rules is read again, which is right before it is replaced."""
    trial = copied(state.lab)
    trial.calls.clear()
    apply_pack(task, trial.world())
    put = next(at for at, call in enumerate(trial.calls) if call.method == "PUT" and "policy-list" in call.name)
    state.lab.calls.clear()
    before_request(state.lab, put - 1, somebody)


def rules(lab: FirewallLab) -> dict[str, dict[str, object]]:
    return {each["name"]: each for each in lab.simulator.sim.all_rules()}


def backs_out(lab: FirewallLab) -> None:
    """Somebody puts our last rule on Watch, and a permit ahead of it."""
    world = lab.simulator.sim.world
    for listed in (world.policies, *(each.get("policies", []) for each in world.rulesets.values())):
        for last in [each for each in listed if each["name"] == "ours-99-last"]:
            last["enforcement"], last["watch"] = "MONITOR", True
            permit = {**last, "name": f"ours-{PERMIT}", "action": "PERMIT", "enforcement": "ENFORCE", "watch": False}
            listed.insert(listed.index(last), {**permit, "uuid": lab.simulator.sim.new_uuid(), "dst_ads": [ANYWHERE]})
    lab.simulator.sim.changed()


def denies(lab: FirewallLab) -> None:
    rules(lab)["ours-10-list"]["action"] = "DENY"
    lab.simulator.sim.changed()


@RELEASES
@pytest.mark.parametrize("somebody", [backs_out, denies])
def test_what_somebody_writes_meanwhile_is_not_undone_by_a_plan_that_nobody_saw(release, somebody):
    state = begun(release)
    task = exactly(state, state.lab)
    before_reread(state, task, somebody)

    report = apply_pack(task, state.lab.world())

    assert (report.sync, report.error) == ("OutOfSync", None)
    assert "the controller changed while the plan was carried out" in str(report.refused)
    assert f"; {report.writes} calls were made before; plan again" in str(report.refused)
    assert report.writes == len(state.lab.writes()) > 0
    assert not any("policy-list" in each for each in state.lab.writes())
    if somebody is backs_out:
        assert rules(state.lab)[f"ours-{PERMIT}"]["action"] == "PERMIT"
        assert rules(state.lab)["ours-99-last"]["enforcement"] == "MONITOR"
    else:
        assert rules(state.lab)["ours-10-list"]["action"] == "DENY"


def test_what_somebody_writes_after_the_last_call_is_left_to_a_new_plan():
    state = begun()
    task = exactly(state, state.lab)
    calls = len(plan_pack(task, state.lab.world()).plan.calls)
    state.lab.wire.writes = 0
    state.lab.wire.after = lambda number: backs_out(state.lab) if number == calls - 1 else None

    report = apply_pack(task, state.lab.world())

    assert report.writes == calls
    assert f"; {calls} calls were made before; plan again" in str(report.refused)
    assert f"ours-{PERMIT}" in rules(state.lab)


def test_with_no_plan_to_keep_to_it_is_planned_anew_as_ever():
    state = begun()
    before_reread(state, state.task(), denies)

    report = apply_pack(state.task(), state.lab.world())

    assert (report.sync, report.refused) == ("Synced", None)


def check_lost_answers(state: State) -> None:
    """Lose each write, and each answer to one: what is left of the plan is carried out, and nothing else is needed."""
    trial = copied(state.lab)
    writes = apply_pack(state.task(), trial.world()).writes
    for index, late in product(range(writes), (False, True)):
        lab = copied(state.lab)
        task = exactly(state, lab)
        lab.wire.writes = 0
        setattr(lab.wire, "after" if late else "before", lambda n, index=index: CONNECTION if n == index else None)

        report = apply_pack(task, lab.world())

        assert report.refused is None, (index, late)
        stuck = report.error is not None and index == 0 and not late  # what is left is all of it: told, not tried again
        assert stuck or (report.sync, report.error) == ("Synced", None), (index, late)


@RELEASES
def test_an_answer_that_is_lost_is_no_change_by_somebody(release):
    check_lost_answers(begun(release))


@pytest.mark.fuzz
@FEW
@given(st.integers(0, 10**9))
def test_what_is_left_of_any_plan_is_known_as_that(seed):
    state = State(seed)
    state.apply_old()

    check_lost_answers(state)


def managing(state: State) -> Report:
    task = state.task(accept_controller_wide=True)
    task = replace(task, bound=replace(task.bound, manage_default_action=True))
    task = replace(task, expected=saved(plan_pack(task, state.lab.world()).plan))
    return apply_pack(task, state.lab.world())


def test_the_default_action_that_the_plan_lists_last_is_part_of_it():
    state = begun()

    report = managing(state)

    assert (report.sync, report.refused) == ("Synced", None)
    assert state.lab.writes()[-1] == "PUT microseg/default-action-policy"
    assert [call.document()["path"] for call in report.plan.requests()][
        -1
    ] == "/v2.5/api/microseg/default-action-policy"
    assert report.document()["planned"][-1] == {"method": "PUT", "path": "/v2.5/api/microseg/default-action-policy"}
    assert len(report.document()["planned"]) == report.writes


def test_a_default_action_that_the_plan_does_not_list_is_not_part_of_it():
    state = begun()
    state.lab.write("PUT", "microseg/default-action-policy", {"action": "DENY", "logging": True, "log_profile": ""})
    permits = {"action": "PERMIT", "logging": True, "log_profile": ""}
    writer = {"method": "PUT", "path": "microseg/default-action-policy", "document": permits}
    state.lab.simulator.faults.add(Fault(Kind.WRITER, only="policy-list3/", request=writer))

    report = managing(state)

    assert "plan again" in str(report.refused)
    assert state.lab.simulator.sim.world.default_action["action"] == "PERMIT"


def test_what_is_left_of_a_plan_makes_requests_of_that_plan_only():
    state = begun()
    first = plan_pack(state.task(), state.lab.world()).plan
    other = plan_pack(state.task(pack_of(replace(LIST, logging=False), w0=("a.example.com",))), state.lab.world()).plan
    nothing = Plan((), 0, 0, None, (), (), (), None)

    assert is_rest(first, first)
    assert is_rest(replace(first, calls=first.calls[2:]), first)
    assert is_rest(nothing, first)
    assert not is_rest(other, first)
    assert not is_rest(first, nothing)
