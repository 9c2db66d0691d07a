"""Switches: engaged unless somebody said otherwise, and never for ever."""

from datetime import timedelta

import pytest

from guardrail.core.errors import InvalidInput
from guardrail.core.switch import LONGEST_TIME, Scope, SwitchState, is_engaged, parse_state, parse_time, switch_name

ENGAGED, BACKED_OUT = SwitchState.ENGAGED, SwitchState.BACKED_OUT


@pytest.mark.parametrize("text", ["off", "", None, "ENGAGED", 1, "backed out"])
def test_a_state_that_nobody_knows_changes_nothing(text):
    with pytest.raises(InvalidInput, match="'engaged' or 'backed-out'; nothing was changed"):
        parse_state(text)


def test_the_two_states_are_read():
    assert [parse_state("engaged"), parse_state("backed-out")] == [ENGAGED, BACKED_OUT]


def test_a_switch_that_nobody_ever_wrote_is_engaged():
    assert all(is_engaged(scope, {}) for scope in Scope)


@pytest.mark.parametrize("scope", list(Scope))
def test_a_backed_out_switch_stops_its_own_scope_only(scope):
    states = {switch_name(scope, "gw" if scope is Scope.INSERTION else ""): BACKED_OUT}

    assert [is_engaged(each, states) for each in Scope] == [each is not scope for each in Scope]


def test_one_gateway_that_is_backed_out_stops_what_changes_gateways():
    states = {switch_name(Scope.INSERTION, "one"): ENGAGED, switch_name(Scope.INSERTION, "two"): BACKED_OUT}

    assert not is_engaged(Scope.INSERTION, states)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("PT4H", timedelta(hours=4)),
        ("4h", timedelta(hours=4)),
        ("30m", timedelta(minutes=30)),
        ("1d12h", timedelta(days=1, hours=12)),
        ("P1DT12H", timedelta(days=1, hours=12)),
        ("PT90M", timedelta(minutes=90)),
        ("P7D", LONGEST_TIME),
        ("168h", LONGEST_TIME),
    ],
)
def test_a_time_is_read_in_both_forms(text, time):
    assert parse_time("for", text) == time


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "0h", "PT0H", "P8D", "169h", "4", "4 h", "-4h", "PT-4H", "٤h", "4s", "1w", None, 4, "999h"],
)
def test_no_time_is_open_ended_or_longer_than_a_week(text):
    with pytest.raises(InvalidInput, match="for: expected a time such as PT4H"):
        parse_time("for", text)
