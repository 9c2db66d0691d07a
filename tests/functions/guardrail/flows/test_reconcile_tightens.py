"""Outside of the change window: whatever state it begins from, a run permits nothing that was denied before it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.flows.reconcile_pack import apply_pack
from tests.firewall_states import FLOWS, State, decisions, foreign

FEW = settings(max_examples=min(settings().max_examples // 2, 10_000))


def check(seed: int) -> str:
    state = State(seed)
    state.apply_old()
    if state.random.random() < 0.5:
        state.edit()
    before, theirs = decisions(state.lab.live()), foreign(state.lab)

    report = apply_pack(state.task(only_tighten=True), state.lab.world())

    after = decisions(state.lab.live())
    opened = [flow for flow, was, now in zip(FLOWS, before, after, strict=True) if (was, now) == ("DENY", "PERMIT")]
    assert report.error is None
    assert (report.plan.sync == "OutOfSync") == bool(report.plan.changes or report.plan.loosens)
    assert opened == []
    assert foreign(state.lab) == theirs
    again = apply_pack(state.task(only_tighten=True), state.lab.world())
    assert again.writes == 0
    if report.refused:
        return "refused"
    return "held back" if report.plan.loosens else "done"


@pytest.mark.fuzz
@FEW
@given(st.integers(0, 10**9))
def test_a_run_that_may_only_tighten_permits_nothing_new(seed):
    check(seed)


def test_all_three_ends_are_met():
    assert {check(seed) for seed in range(60)} == {"refused", "held back", "done"}
