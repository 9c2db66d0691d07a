"""Grace: warned about now, acted on at its time; a deadline never moves, unless the rule has no grace any more."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.runtimes.exemption import parse_exemptions
from guardrail.core.runtimes.grace import acting, deadline, warned, with_deadlines
from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.rules import RuleId
from guardrail.core.runtimes.verdict import judge
from tests.builders import FOREIGN_GROUP, NOW, PUBLIC, SUBNETS, snapshot, vpc, zone
from tests.ladder_builders import policy

WEEK = timedelta(days=7)
WITH_GRACE = policy(grace={RuleId.SECURITY_GROUPS: WEEK})
FOREIGN = judge(snapshot({1: vpc(SUBNETS, [FOREIGN_GROUP])}, {"DEFAULT": 1}), zone())
FINE = judge(snapshot({2: None}, {"DEFAULT": 2}), zone())
AWAY = judge(snapshot({3: PUBLIC}, {"DEFAULT": 3}), zone())
AGAIN = judge(snapshot({4: vpc(SUBNETS, [FOREIGN_GROUP])}, {"DEFAULT": 4}), zone())


def test_a_rule_without_a_grace_is_acted_on_at_once():
    assert acting(AWAY, WITH_GRACE, History(), NOW) == AWAY.violations
    assert warned(AWAY, WITH_GRACE, History(), NOW) == {}
    assert with_deadlines(History(), AWAY, WITH_GRACE, NOW).due == {}


def test_a_rule_with_a_grace_is_warned_about_until_its_time_and_then_acted_on():
    history = with_deadlines(History(), FOREIGN, WITH_GRACE, NOW)
    due = NOW + WEEK

    assert history.due == {RuleId.SECURITY_GROUPS: due}
    assert warned(FOREIGN, WITH_GRACE, history, NOW) == history.due
    assert acting(FOREIGN, WITH_GRACE, history, due - timedelta(seconds=1)) == ()
    assert acting(FOREIGN, WITH_GRACE, history, due) == FOREIGN.violations


def test_a_new_version_and_a_pause_gain_no_time():
    history = with_deadlines(History(), FOREIGN, WITH_GRACE, NOW)
    for days, verdict in ((1, AGAIN), (2, FINE), (3, AGAIN)):
        history = with_deadlines(history, verdict, WITH_GRACE, NOW + timedelta(days=days))

    assert acting(AGAIN, WITH_GRACE, history, NOW + WEEK) == AGAIN.violations


@pytest.mark.parametrize("grace", [timedelta(seconds=1), 9 * WEEK], ids=["shorter", "longer"])
def test_a_known_deadline_outlives_a_changed_grace(grace):
    history = with_deadlines(History(), FOREIGN, WITH_GRACE, NOW)
    changed = policy(grace={RuleId.SECURITY_GROUPS: grace})

    assert with_deadlines(history, FOREIGN, changed, NOW) is history
    assert deadline(RuleId.SECURITY_GROUPS, changed, history, NOW) == NOW + WEEK


@pytest.mark.parametrize("grace", [{}, {RuleId.SECURITY_GROUPS: timedelta(0)}], ids=["absent", "zero"])
def test_a_rule_that_has_no_grace_any_more_is_acted_on_at_once_and_given_one_again_keeps_its_deadline(grace):
    history = with_deadlines(History(), FOREIGN, WITH_GRACE, NOW)
    later = NOW + timedelta(days=1)
    without = policy(grace=grace)

    assert acting(FOREIGN, without, history, later) == FOREIGN.violations
    assert warned(FOREIGN, without, history, later) == {}
    assert with_deadlines(history, FOREIGN, without, later) is history
    assert deadline(RuleId.SECURITY_GROUPS, WITH_GRACE, history, later) == NOW + WEEK


def test_the_clock_runs_while_somebody_answers_for_it_and_its_end_ends_the_patience():
    exemption = {
        "id": "EX-1",
        "owner": "o",
        "reason": "r",
        "ticket": "t",
        "runtimes": ["*"],
        "rules": ["security-groups"],
        "expires": "2026-12-31",
    }
    seen = snapshot({1: vpc(SUBNETS, [FOREIGN_GROUP])}, {"DEFAULT": 1})
    exempted = judge(seen, zone(), parse_exemptions([exemption], NOW))
    history = with_deadlines(History(), exempted, WITH_GRACE, NOW)

    assert acting(exempted, WITH_GRACE, history, NOW + 2 * WEEK) == ()
    assert warned(exempted, WITH_GRACE, history, NOW) == {}
    assert acting(FOREIGN, WITH_GRACE, history, NOW + 2 * WEEK) == FOREIGN.violations


def test_a_grace_beyond_the_calendar_ends_with_it():
    endless = policy(grace={RuleId.SECURITY_GROUPS: timedelta.max})

    assert deadline(RuleId.SECURITY_GROUPS, endless, History(), NOW) == datetime.max.replace(tzinfo=UTC)


LOOKS = st.lists(
    st.tuples(st.sampled_from([FOREIGN, FINE, AWAY, AGAIN]), st.timedeltas(timedelta(0), timedelta(days=3))),
    max_size=12,
)


@given(LOOKS, st.timedeltas(timedelta(0), WEEK))
def test_whatever_happens_a_deadline_is_set_once_and_then_stands(looks, grace):
    wanted, history, at, first = policy(grace={RuleId.SECURITY_GROUPS: grace}), History(), NOW, None
    for verdict, later in looks:
        at += later
        history = with_deadlines(history, verdict, wanted, at)
        if first is None and verdict in (FOREIGN, AGAIN):
            first = at
        assert history.due == ({} if first is None else {RuleId.SECURITY_GROUPS: first + grace})
