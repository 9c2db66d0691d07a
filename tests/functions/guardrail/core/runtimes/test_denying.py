"""Denied first, denied again when somebody removes it, and let go only when nothing escapes."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.ladder import LOST_DENIALS, next_step
from guardrail.core.runtimes.quarantine import deny_call
from guardrail.core.runtimes.step import Act, Denial, StepKind
from guardrail.core.runtimes.surroundings import parse_situated
from guardrail.core.runtimes.verdict import judge
from tests.builders import NOW, PUBLIC, RUNTIME_ARN, vpc
from tests.ladder_builders import ZONE, climb, compliant, policy, service, step_now

DENIED = deny_call(RUNTIME_ARN, None).parameters["policy"]
ALLOW_TEXT = '{ "Statement": {"Sid":"Callers","Effect":"Allow","Principal":"*","Action":"*","Resource":"*"} }'

STRANGE = '{"Statement":[{"Sid":"a","Sid":"b","Effect":"Allow"}]}'
"""A name that an object repeats: what somebody means by it nobody knows."""


def step_on(document, history=None, wanted=None):
    snapshot = parse_situated(document)
    return next_step(snapshot, judge(snapshot, ZONE), wanted or policy(), history or History(), at=NOW)


def acts(kind, count, **fields):
    return History(digest="x", acts=tuple(Act(NOW, StepKind(kind), **fields) for _ in range(count)))


@pytest.mark.parametrize("mode", ["QUARANTINE", "REPAIR"])
@pytest.mark.parametrize("status", ["READY", "CREATING", "UPDATING", "UPDATE_FAILED"])
def test_the_first_step_denies_whatever_the_service_is_at(mode, status):
    runtime = service({1: PUBLIC}, {"DEFAULT": 1}, status=status)
    step = step_now(runtime, policy(mode), History(), NOW)

    assert (step.kind, step.call.operation, step.way_back) == ("deny-invocation", "PutResourcePolicy", Denial(None))


def test_no_denial_waits_for_a_comparison_and_the_lift_does():
    first = climb(service({1: PUBLIC}, {"DEFAULT": 1}, policy=ALLOW_TEXT), policy()).steps
    document = {**service({1: PUBLIC}, {"DEFAULT": 1}).document(), "resource_policy": ALLOW_TEXT}
    again = step_on(document, replace(acts("deny-invocation", 1), denial=Denial(None)))

    assert [(step.kind, step.seen) for step in (first[0], again)] == [("deny-invocation", {})] * 2
    assert first[-1].kind == "lift-denial"
    assert first[-1].seen == {"policy": first[0].call.parameters["policy"]}


def test_quarantine_ends_uncallable_with_what_others_wrote_in_place():
    runtime = service({1: PUBLIC}, {"DEFAULT": 1}, policy=ALLOW_TEXT)
    run = climb(runtime, policy("QUARANTINE"))

    assert (run.kinds, run.last.kind) == (["deny-invocation"], "none")
    assert not runtime.invocable()
    assert run.history.denial == Denial(ALLOW_TEXT)
    assert json.loads(runtime.policy)["Statement"][0]["Sid"] == "Callers"


def test_quarantine_is_lifted_when_the_owner_has_repaired():
    runtime = service({1: PUBLIC}, {"DEFAULT": 1}, policy=ALLOW_TEXT)
    run = climb(runtime, policy("QUARANTINE"))
    runtime.publish(vpc())
    lifted = climb(runtime, policy("QUARANTINE"), run.history)

    assert lifted.kinds == ["lift-denial"]
    assert (runtime.policy, lifted.history.denial) == (ALLOW_TEXT, None)


def test_a_denial_that_somebody_removes_is_put_back_until_people_have_to_stop_it():
    removed = []

    def remove(runtime, step):
        if step.kind is StepKind.DENY_INVOCATION:
            removed.append(step)
            runtime.policy = None

    run = climb(service({1: PUBLIC}, {"DEFAULT": 1}), policy("QUARANTINE", denials=7), meddle=remove)

    assert len(removed) == 7
    assert run.last.kind == "escalate"
    assert "removed as often" in run.last.why
    assert run.last.why.endswith("invocations are NOT denied")


def test_the_bound_on_denials_is_per_window():
    document = service({1: PUBLIC}, {"DEFAULT": 1}).document()
    history = acts("deny-invocation", 20)
    quarantine = policy("QUARANTINE")
    later = replace(quarantine, window=timedelta(0))

    assert step_on(document, history, quarantine).kind == "escalate"
    assert step_on(document, history, later).kind == "deny-invocation"


def test_where_the_denial_cannot_be_made_a_person_is_told_that_it_is_not_or_it_is_repaired():
    document = {**service({1: PUBLIC}, {"DEFAULT": 1}).document(), "resource_policy": {"error": "AccessDenied"}}
    step = step_on(document, wanted=policy("QUARANTINE"))

    assert step_on(document).kind == "repair-network"
    assert step_on({**document, "tags": {"tags": {"aws:cloudformation:stack-name": "theirs"}}}) == step
    assert step.kind == "escalate"
    assert "(AccessDenied)" in step.why
    assert step.why.endswith("invocations are NOT denied")


@pytest.mark.parametrize("text", [STRANGE, json.dumps({"Statement": [{"Sid": "x" * 20_440}]})])
def test_a_resource_policy_beside_which_the_denial_cannot_stand_dodges_nothing_and_comes_back(text):
    runtime = service({1: PUBLIC}, {"DEFAULT": 1}, policy=text)

    run = climb(runtime, policy("REPAIR"))

    assert "takes its place" in run.steps[0].why
    assert run.kinds == ["deny-invocation", "repair-network", "lift-denial"]
    assert runtime.policy == text


def test_a_policy_whose_place_was_taken_comes_back_even_if_somebody_removes_the_denial_before_it_is_lifted():
    text = json.dumps({"Statement": [{"Sid": "x" * 20_440}]})
    runtime = service({1: PUBLIC}, {"DEFAULT": 1}, policy=text)
    denied = climb(runtime, policy("QUARANTINE"))
    runtime.policy = None
    runtime.publish(vpc())

    lifted = climb(runtime, policy("QUARANTINE"), denied.history)

    assert lifted.kinds == ["lift-denial"]
    assert (runtime.policy, lifted.history.denial) == (text, None)


def test_a_denial_that_the_service_refuses_is_not_tried_again_within_the_window():
    refused = acts("deny-invocation", 1, refused="ValidationException")

    document = service({1: PUBLIC}, {"DEFAULT": 1}).document()

    assert "(ValidationException)" in step_on(document, refused, policy("QUARANTINE")).why


def test_a_runtime_whose_arn_nothing_names_cannot_be_denied():
    document = service({1: PUBLIC}, {}).document()
    del document["runtime"]["agentRuntimeArn"]

    assert step_on(document, wanted=policy("QUARANTINE")).why == "its ARN is not known; invocations are NOT denied"


def test_who_removes_each_denial_does_not_hold_up_the_repair():
    def remove(runtime, step):
        if step.kind is StepKind.DENY_INVOCATION:
            runtime.policy = None

    runtime = service({1: PUBLIC}, {"DEFAULT": 1, "prod": 1})
    run = climb(runtime, policy(), meddle=remove)

    assert run.kinds == [*["deny-invocation"] * LOST_DENIALS, "repair-network", "move-endpoint"]
    assert compliant(runtime)
    assert runtime.invocable()


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        pytest.param({}, "lift-denial", id="at rest"),
        pytest.param({"status": "UPDATING"}, "wait", id="still updating"),
        pytest.param({"moving": True}, "wait", id="an endpoint still moving"),
    ],
)
def test_the_denial_is_lifted_only_at_rest(changes, kind):
    runtime = service({1: None}, {"DEFAULT": 1}, policy=DENIED)
    runtime.status = changes.get("status", "READY")
    if "moving" in changes:
        runtime.endpoints["DEFAULT"]["status"] = "UPDATING"

    assert step_now(runtime, policy(), History(), NOW).kind == kind


@pytest.mark.parametrize("part", ["endpoints", "runtime"])
def test_what_could_not_be_read_is_never_let_go(part):
    runtime = service({1: None}, {"DEFAULT": 1})
    runtime.policy = (
        climb(service({1: PUBLIC}, {"DEFAULT": 1}), policy("QUARANTINE")).steps[0].call.parameters["policy"]
    )
    denied = {**runtime.document(), "versions": {"1": runtime.versions[1]}}

    assert step_on(denied).kind == "lift-denial"
    assert step_on({**denied, part: {"error": "AccessDeniedException"}}).kind == "wait"


def test_a_runtime_that_drifts_as_often_as_it_is_contained_stays_denied():
    runtime = service({1: None}, {"DEFAULT": 1})
    runtime.policy = (
        climb(service({1: PUBLIC}, {"DEFAULT": 1}), policy("QUARANTINE")).steps[0].call.parameters["policy"]
    )
    step = step_now(runtime, policy(), acts("lift-denial", 5), NOW)

    assert step.kind == "escalate"
    assert step.why == "compliant now, but it drifts as often as it is contained; invocations stay denied"


def test_a_compliant_runtime_with_its_own_policy_is_left_alone():
    run = climb(service({1: None}, {"DEFAULT": 1}, policy=ALLOW_TEXT), policy())

    assert (run.kinds, run.last.kind) == ([], "none")


def test_an_endpoint_that_will_not_get_to_its_compliant_target_holds_nothing_up():
    runtime = service({1: None, 2: None}, {"DEFAULT": 2, "prod": 1}, policy=DENIED)
    runtime.endpoints["prod"].update(target=2, status="UPDATE_FAILED")

    assert step_now(runtime, policy(), History(), NOW).kind == "lift-denial"
