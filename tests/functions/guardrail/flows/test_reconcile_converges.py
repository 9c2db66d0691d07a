"""From whatever state: one pass reaches the pack, a second one writes nothing, what is not ours stays byte for byte."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.flows.reconcile_pack import apply_pack, plan_pack
from tests.firewall_states import PREFIX, State, foreign

FEW = settings(max_examples=min(settings().max_examples, 10_000))


def check(seed: int) -> None:
    state = State(seed)
    if state.random.random() < 0.8:
        state.apply_old()
    state.upgrade()
    if state.random.random() < 0.5:
        state.half_apply()
    if state.random.random() < 0.5:
        state.edit()
    theirs, world = foreign(state.lab), state.lab.world()
    planned = plan_pack(state.task(), world)

    report = apply_pack(state.task(), world)

    assert (report.refused, report.error) == (None, None)
    assert report.sync == "Synced"
    assert bool(planned.plan.changes) == (planned.sync == "OutOfSync")
    assert bool(planned.plan.changes) == bool(planned.plan.calls) == (report.writes > 0)
    assert all(change.before != change.after for change in planned.plan.changes)
    assert foreign(state.lab) == theirs
    again = apply_pack(state.task(), state.lab.world())
    assert (again.sync, again.writes, again.plan.changes) == ("Synced", 0, ())
    names = [group["name"] for group in state.lab.simulator.sim.world.groups.values()]
    assert [name for name in names if name.startswith(PREFIX) and ".next" in name] == []


@pytest.mark.fuzz
@FEW
@given(st.integers(0, 10**9))
def test_one_pass_reaches_the_pack_from_any_state_and_leaves_others_alone(seed):
    check(seed)
