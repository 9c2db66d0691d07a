"""A version that an endpoint serves and that no longer exists counts like a broken rule, once two looks found it so."""

from datetime import timedelta

import pytest

from guardrail.core.runtimes.exemption import parse_exemptions
from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.ladder import is_called_for
from guardrail.core.runtimes.missing import CERTAIN, still_missing, with_missing
from guardrail.core.runtimes.rules import RuleId
from guardrail.core.runtimes.verdict import judge
from tests.builders import NOW, PUBLIC, endpoint, snapshot, vpc, zone
from tests.ladder_builders import climb, compliant, policy, service, step_now

DENY, REPAIR, MOVE, LIFT = "deny-invocation", "repair-network", "move-endpoint", "lift-denial"
GONE, REFUSED = {"error": "ResourceNotFoundException"}, {"error": "AccessDeniedException"}
LINE = "endpoint prod serves version 2, which no longer exists: what it serves cannot be judged"
SECOND = timedelta(seconds=1)


def judged(serves=None, **changes):
    """The verdict on a runtime with version 3, the newest, in the zone; version 2, says AgentCore, does not exist."""
    serves = serves or {"DEFAULT": 3, "prod": 2}
    return judge(snapshot({3: None}, serves, **{"versions": {"2": GONE}, **changes}), zone())


def hidden(newest=None, **changes):
    """A runtime whose endpoint `prod` serves version 2, which was deleted."""
    runtime = service({2: PUBLIC, 3: newest}, {"DEFAULT": 3, "prod": 2}, **changes)
    del runtime.versions[2]
    return runtime


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        pytest.param({}, [(2, ("prod",))], id="an endpoint serves it"),
        pytest.param({"endpoints": [endpoint("prod", 3, 2)]}, [(2, ("prod",))], id="an endpoint will serve it"),
        pytest.param({"endpoints": [endpoint("b", 2), endpoint("a", 2)]}, [(2, ("a", "b"))], id="two endpoints"),
        pytest.param({"endpoints": [endpoint("prod", 2, 2), REFUSED]}, [(2, ("prod",))], id="one is unread"),
        pytest.param({"endpoints": [endpoint("prod", 3, 3)]}, [], id="no endpoint serves it"),
        pytest.param({"endpoints": REFUSED}, [], id="nobody knows the endpoints"),
        pytest.param({"versions": {"2": REFUSED}}, [], id="the read was refused"),
        pytest.param({"versions": {"2": {"error": "ThrottlingException"}}}, [], id="the read was throttled"),
        pytest.param({"versions": {}}, [], id="it was not read"),
        pytest.param({"runtime": REFUSED}, [], id="nobody knows the runtime"),
        pytest.param({"runtime": GONE}, [], id="the runtime itself is gone"),
    ],
)
def test_missing_is_what_an_endpoint_leads_to_and_agentcore_says_does_not_exist(changes, missing):
    verdict = judged(**changes)

    assert [(each.version, each.endpoints) for each in verdict.missing] == missing


def test_the_verdict_stays_unknown_and_says_it_plainly():
    document = judged().document()

    assert document["compliance"] == "INSUFFICIENT_DATA"
    assert document["unread"] == [{"what": "version 2", "why": "ResourceNotFoundException"}]
    assert document["notes"] == [LINE]
    assert judged({"a": 2, "b": 2}).notes == (
        "endpoints a, b serve version 2, which no longer exists: what they serve cannot be judged",
    )


def test_one_look_is_not_enough_and_the_second_has_to_come_later():
    first = with_missing(History(), judged(), NOW)

    assert still_missing(judged(), History(), NOW + CERTAIN) == ()
    assert still_missing(judged(), first, NOW + CERTAIN - SECOND) == ()
    assert still_missing(judged(), first, NOW + CERTAIN) == judged().missing


def test_one_missing_version_after_the_other_gains_nothing():
    first = with_missing(History(), judged(), NOW)
    other = judged({"DEFAULT": 3, "prod": 1}, versions={"1": GONE})
    then = with_missing(first, other, NOW + CERTAIN)

    assert then.missing == {1: NOW}
    assert still_missing(other, then, NOW + CERTAIN) == other.missing


def test_a_version_that_is_found_in_between_was_not_missing():
    first = with_missing(History(), judged(), NOW)
    found = with_missing(first, judged(versions={"2": {**GONE, "error": "AccessDeniedException"}}), NOW + SECOND)
    again = with_missing(found, judged(), NOW + CERTAIN)

    assert (found.missing, again.missing) == ({}, {2: NOW + CERTAIN})
    assert with_missing(again, judged(), NOW + 2 * CERTAIN) is again


@pytest.mark.parametrize(
    ("mode", "newest", "kinds"),
    [
        pytest.param("REPAIR", None, [DENY, MOVE, LIFT], id="the newest is fine"),
        pytest.param("REPAIR", PUBLIC, [DENY, REPAIR, MOVE, LIFT], id="the newest is repaired first"),
        pytest.param("QUARANTINE", None, [DENY], id="quarantined"),
        pytest.param("OBSERVE", None, [], id="observed"),
    ],
)
def test_a_runtime_that_hides_what_it_serves_is_contained(mode, newest, kinds):
    runtime = hidden(newest)
    run = climb(runtime, policy(mode))

    assert (run.kinds, run.last.kind) == (kinds, "none")
    assert compliant(runtime) is (mode == "REPAIR")
    assert runtime.invocable() is (mode != "QUARANTINE")


def test_nothing_is_changed_at_first_sight_and_people_are_told_why_at_the_second():
    runtime = hidden()
    early = step_now(runtime, policy(), History(), NOW)
    later = step_now(runtime, policy(), History(missing={2: NOW}), NOW + CERTAIN)

    assert (early.kind, early.delay_seconds) == ("wait", 61)
    assert early.why == f"{LINE}; a second look has to find it so"
    assert (later.kind, later.why) == (DENY, f"{LINE}; no new session may start")


def test_a_denied_runtime_is_not_let_go_before_the_second_look():
    runtime = hidden(PUBLIC)
    climb(runtime, policy("QUARANTINE"))
    runtime.publish(vpc())

    assert step_now(runtime, policy("QUARANTINE"), History(), NOW).kind == "wait"
    assert not runtime.invocable()


def test_an_owner_who_moves_the_endpoint_gets_the_runtime_back():
    runtime = hidden()
    run = climb(runtime, policy("QUARANTINE"))
    runtime.endpoints["prod"].update(live=3, target=3)

    assert climb(runtime, policy("QUARANTINE"), run.history).kinds == [LIFT]


@pytest.mark.parametrize(
    ("live", "newest", "words"),
    [
        pytest.param(2, 3, "endpoint DEFAULT serves a version that no longer exists, and only AgentCore", id="stuck"),
        pytest.param(4, 3, "endpoint DEFAULT serves version 4, which no longer exists: what it serves", id="too new"),
    ],
)
def test_default_on_a_version_that_is_missing_is_denied_and_left_to_people(live, newest, words):
    runtime = service({newest: None}, {"DEFAULT": live})
    run = climb(runtime, policy())

    assert (run.kinds, run.last.kind, runtime.invocable()) == ([DENY], "escalate", False)
    assert run.last.why.startswith(words)
    assert run.last.why.endswith("; invocations stay denied")


def test_the_endpoints_that_can_be_moved_are_moved_before_people_are_called_for_default():
    run = climb(service({3: None}, {"DEFAULT": 2, "prod": 2}), policy())

    assert (run.kinds, run.last.kind) == ([DENY, MOVE], "escalate")


def test_default_on_its_way_to_the_newest_version_is_waited_for():
    runtime = service({3: None}, {"DEFAULT": 2})
    climb(runtime, policy("QUARANTINE"))
    runtime.endpoints["DEFAULT"].update(target=3, status="UPDATING")
    step = step_now(runtime, policy(), History(missing={2: NOW - CERTAIN}), NOW)

    assert (step.kind, step.why) == ("wait", "the endpoints do not serve the newest version yet")


def test_nobody_can_answer_for_it_and_no_grace_puts_it_off():
    exempted = {"id": "E", "owner": "o", "reason": "r", "ticket": "t", "runtimes": ["*"], "rules": list(RuleId)}
    everything = parse_exemptions([{**exempted, "expires": "2026-12-01"}], NOW)
    patient = policy("QUARANTINE", grace=dict.fromkeys(RuleId, timedelta(days=90)))

    assert climb(hidden(PUBLIC), patient, exemptions=everything).kinds == [DENY]


def test_a_newest_version_in_its_grace_takes_no_endpoint_and_the_denial_stays():
    patient = policy(grace={RuleId.NETWORK_MODE: timedelta(days=1)})
    runtime = hidden(PUBLIC)
    run = climb(runtime, patient)

    assert (run.kinds, runtime.invocable()) == ([DENY], False)
    assert run.last.kind == "escalate"
    assert run.last.why.startswith("network-mode: warned about only")


def test_what_breaks_a_rule_does_not_wait_for_what_is_missing():
    runtime = hidden(PUBLIC)
    step = step_now(runtime, policy(), History(), NOW)
    runtime.take(step.call)

    assert (step.kind, step.why) == (DENY, "it breaks a rule: no new session may start")
    assert step_now(runtime, policy(), History(), NOW).kind == REPAIR


@pytest.mark.parametrize("mode", ["OBSERVE", "QUARANTINE", "REPAIR"])
def test_the_situation_is_read_for_it_but_in_observe(mode):
    assert is_called_for(judged(), policy(mode), History(digest="x"), at=NOW) is (mode != "OBSERVE")
