"""A resource policy that came in the window of a change of ours: what the event of it, the acts and live state say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.overwriting import may_be_overwritten, told_of
from guardrail.core.runtimes.quarantine import deny_call
from guardrail.core.runtimes.situation import Situation
from guardrail.core.runtimes.step import Act, StepKind
from guardrail.core.runtimes.trail import parse_event
from tests.builders import NOW, RUNTIME_ARN, event

DENY, LIFT = StepKind.DENY_INVOCATION, StepKind.LIFT_DENIAL
READ = NOW - timedelta(seconds=3)
DENIED = Situation(None, resource_policy=deny_call(RUNTIME_ARN, None).parameters["policy"])
REPLACED = Situation(None, resource_policy='{"Statement":[]}')
UNKNOWN = Situation(None, unreadable={"resource_policy": "AccessDeniedException"})


def put(at, **detail):
    """Somebody's PutResourcePolicy at that moment."""
    payload = event("put_resource_policy")
    payload["detail"] |= {"eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"), **detail}
    return parse_event(payload)


def history(kind=DENY, **changes):
    return History(acts=(replace(Act(NOW, kind, since=READ), **changes),))


@pytest.mark.parametrize("kind", [DENY, LIFT])
@pytest.mark.parametrize(("seconds", "crosses"), [(-5, False), (-4, True), (-1, True), (5, True), (6, False)])
def test_what_came_between_the_read_and_the_change_may_be_overwritten(kind, seconds, crosses):
    assert may_be_overwritten(put(NOW + timedelta(seconds=seconds)), history(kind)) is crosses


@pytest.mark.parametrize(
    "changes", [{"refused": "AccessDenied"}, {"since": None}, {"kind": StepKind.MOVE_ENDPOINT, "since": None}], ids=str
)
def test_what_replaced_no_policy_overwrote_none(changes):
    assert not may_be_overwritten(put(NOW), history(**changes))


@pytest.mark.parametrize(
    "detail",
    [{"errorCode": "ValidationException"}, {"eventName": "UpdateAgentRuntime"}, {"eventTime": "yesterday"}],
    ids=lambda detail: next(iter(detail)),
)
def test_an_event_of_no_such_change_says_nothing(detail):
    assert not may_be_overwritten(put(NOW, **detail), history())
    assert not may_be_overwritten(None, history())


@pytest.mark.parametrize(("situation", "lost"), [(DENIED, True), (UNKNOWN, True), (REPLACED, False), (None, True)])
def test_a_denial_that_is_no_longer_there_replaced_nothing_that_came_after_it(situation, lost):
    after, before = put(NOW + timedelta(seconds=1)), put(NOW - timedelta(seconds=1))

    assert may_be_overwritten(after, history(), situation) is lost
    assert may_be_overwritten(before, history(), situation)
    assert may_be_overwritten(after, history(LIFT), situation), "after a lift no denial is there anyway"


def test_it_is_told_once_and_what_is_begun_later_is_told_anew():
    first = put(NOW)
    known = told_of(first, history())
    later = replace(known, acts=(*known.acts, Act(NOW, DENY, since=READ)))

    assert not may_be_overwritten(first, known)
    assert told_of(first, known) == known
    assert may_be_overwritten(first, later)
