"""How the response goes about its work: read back as written, and refused by what was expected."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.response import ResponseMode, ResponsePolicy
from guardrail.core.runtimes.response_settings import ResponseSettings, parse_response_settings
from guardrail.core.runtimes.rules import RuleId
from tests.builders import zone
from tests.strategies import CANARY, JSON, read_or_refused, some_of

DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "attempts": st.integers(1, 100),
        "window_minutes": st.integers(5, 1_440),
        "breaker_changes": st.integers(1, 10_000),
        "breaker_minutes": st.integers(1, 1_440),
        "wait_seconds": st.integers(1, 900),
        "grace_days": st.dictionaries(st.sampled_from([rule.value for rule in RuleId]), st.integers(0, 90)),
        "may_wipe_session_storage": st.booleans(),
    },
)


@given(DOCUMENTS)
def test_what_is_written_into_the_environment_is_read_back(document):
    settings = parse_response_settings("context response", document)

    assert parse_response_settings("environment", settings.document()) == settings


@given(some_of({"attempts": 3, "grace_days": {"subnets": 1}, "may_wipe_session_storage": True}, JSON))
def test_anything_else_is_refused_without_quoting_it(document):
    read_or_refused(lambda each: parse_response_settings("context response", each), document)


@given(DOCUMENTS)
def test_after_the_last_lift_that_is_allowed_there_is_a_denial_left_whatever_is_set(document):
    policy = parse_response_settings("context response", document).policy(ResponseMode.REPAIR, zone())

    assert policy.denials > policy.attempts + 1


def test_nothing_said_is_as_usual_and_takes_no_room():
    settings = parse_response_settings("context response", {})

    assert settings == ResponseSettings()
    assert settings.document() == {}
    assert settings.policy(ResponseMode.REPAIR, zone()) == ResponsePolicy(ResponseMode.REPAIR, zone())


def test_a_policy_has_what_was_said():
    said = {"attempts": 2, "window_minutes": 30, "grace_days": {"subnets": 3}, "may_wipe_session_storage": True}
    policy = parse_response_settings("context response", said).policy(ResponseMode.QUARANTINE, zone())

    assert (policy.mode, policy.attempts, policy.window) == ("QUARANTINE", 2, timedelta(minutes=30))
    assert policy.grace == {RuleId.SUBNETS: timedelta(days=3)}
    assert policy.may_wipe_session_storage


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ([], "context response"),
        ({CANARY: 1}, "context response"),
        ({"attempts": True}, "context response.attempts"),
        ({"attempts": "5"}, "context response.attempts"),
        ({"breaker_changes": 0}, "context response.breaker_changes"),
        ({"wait_seconds": 901}, "context response.wait_seconds"),
        ({"grace_days": {CANARY: 1}}, "context response.grace_days"),
        ({"grace_days": {"subnets": 91}}, "context response.grace_days.subnets"),
        ({"may_wipe_session_storage": "yes"}, "context response.may_wipe_session_storage"),
    ],
)
def test_a_member_of_the_wrong_form_is_named(document, where):
    with pytest.raises(InvalidInput) as refused:
        parse_response_settings("context response", document)

    assert refused.value.where == where
    assert CANARY not in str(refused.value)
