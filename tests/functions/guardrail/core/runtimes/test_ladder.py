"""The whole ladder, on any runtime: it ends, nothing escapes, nothing else is changed, nothing raises."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.exemption import parse_exemptions
from guardrail.core.runtimes.history import PATIENCE, History
from guardrail.core.runtimes.ladder import is_called_for, next_step
from guardrail.core.runtimes.missing import still_missing
from guardrail.core.runtimes.quarantine import deny_call
from guardrail.core.runtimes.response import ResponseMode, ResponsePolicy
from guardrail.core.runtimes.rules import RuleId
from guardrail.core.runtimes.step import Act, Denial, StepKind
from guardrail.core.runtimes.surroundings import parse_situated
from guardrail.core.runtimes.verdict import Compliance, judge
from tests.builders import (
    FOREIGN_GROUP,
    FOREIGN_SUBNET,
    GROUPS,
    NEW,
    NOW,
    OLD,
    PUBLIC,
    RUNTIME_ARN,
    SUBNETS,
    snapshot,
    vpc,
)
from tests.ladder_builders import ZONE, climb, compliant, policy, service, step_now, whole
from tests.naive_service import READ_ONLY, NaiveService
from tests.strategies import JSON, TEXT, snapshots, some_of

NETWORKS = [None, PUBLIC, vpc([FOREIGN_SUBNET]), vpc(SUBNETS, [FOREIGN_GROUP]), vpc(requireServiceS3Endpoint=True)]
POLICIES = [
    None,
    '{ "Statement" : { "Sid":"Callers", "Effect":"Allow", "Principal":"*", "Action":"*", "Resource":"*" } }',
    '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":"1"},"Action":"a"},{"Sid":"x","Effect":"Allow","Principal":"*","Action":"*"}]}',
]
EXTRAS = [
    {},
    {"description": "d", "authorizerConfiguration": {"customJWTAuthorizer": {"discoveryUrl": "https://i/x"}}},
    {"filesystemConfigurations": [{"sessionStorage": {"mountPath": "/mnt/session"}}]},
    {"metadataConfiguration": None, "allowedPorts": [{"port": 8000}]},
]
GRACES = st.dictionaries(
    st.sampled_from(list(RuleId)),
    st.just(timedelta(0)) | st.timedeltas(timedelta(hours=1), timedelta(days=2)),
    max_size=2,
)


@st.composite
def runtimes(draw):
    """A runtime as it may be when somebody looks: several versions, some endpoints, perhaps on the move."""
    old = draw(st.booleans())
    networks = draw(st.lists(st.sampled_from(NETWORKS), min_size=1, max_size=4))
    extra = draw(st.sampled_from(EXTRAS))
    made = {"createdAt": OLD if old else NEW, **extra}
    versions = {n: whole(n, network, **made) for n, network in enumerate(networks, start=1)}
    numbers = st.integers(1, len(networks))
    endpoints = {"DEFAULT": {"live": len(networks), "target": len(networks), "status": "READY"}}
    for name in draw(st.sets(st.sampled_from(["prod", "canary", "b2"]))):
        live, target, moving = draw(numbers), draw(numbers), draw(st.booleans())
        failed = draw(st.integers(0, 9)) == 0
        status = "UPDATE_FAILED" if failed else "UPDATING" if moving else "READY"
        endpoints[name] = {"live": live, "target": target if moving or failed else live, "status": status}
    for number in draw(st.sets(numbers, max_size=2)) - {len(networks)}:
        del versions[number]
    return NaiveService(
        versions,
        endpoints,
        policy=draw(st.sampled_from(POLICIES)),
        old=old,
        takes_wildcard=draw(st.booleans()),
        fails=draw(st.integers(0, 5)) == 0,
        status=draw(st.sampled_from(["READY", "READY", "UPDATING"])),
        stack=draw(st.sampled_from([None, None, None, "orders"])),
        harness=draw(st.sampled_from([None, None, None, "helper-AbCdEfGhIj"])),
    )


def unrelated(answer):
    return {
        member: value
        for member, value in answer.items()
        if member not in (*READ_ONLY, "networkConfiguration", "agentRuntimeId")
    }


@given(runtimes(), st.sampled_from(["QUARANTINE", "REPAIR"]), st.booleans())
def test_the_ladder_ends_and_nothing_escapes(runtime, mode, wipe):
    before, found = dict(runtime.versions), runtime.policy
    was_moving = runtime.status != "READY" or any(each["status"] != "READY" for each in runtime.endpoints.values())
    run = climb(runtime, policy(mode, may_wipe_session_storage=wipe))

    assert run.last.kind in ("none", "escalate")
    assert compliant(runtime) or not runtime.invocable()
    assert {number: runtime.versions[number] for number in before} == before
    for number in sorted(runtime.versions.keys() - before.keys()):
        assert unrelated(runtime.versions[number]) == unrelated(runtime.versions[number - 1])
    if run.last.kind == "none" and (mode == "REPAIR" or not run.steps):
        assert compliant(runtime)
        assert runtime.policy == found
    if run.last.kind == "none" and not was_moving:
        assert climb(runtime, policy(mode), run.history).steps == []


MEDDLING = st.lists(st.sampled_from(["", "publish", "pin", "let in", "rewrite"]), max_size=12)


@given(runtimes(), MEDDLING)
def test_whoever_interferes_the_ladder_ends_and_nothing_escapes(runtime, meddling):
    """After each of our calls somebody deploys outside, pins an endpoint to the first version, or edits the policy."""
    left = iter(meddling)

    def meddle(runtime, _step):
        match next(left, ""):
            case "publish":
                runtime.publish(PUBLIC)
            case "pin" if "prod" in runtime.endpoints:
                runtime.endpoints["prod"] = {"live": 1, "target": 1, "status": "READY"}
            case "let in":
                runtime.policy = None
            case "rewrite":
                runtime.policy = POLICIES[2]

    run = climb(runtime, policy(), meddle=meddle)
    end = climb(runtime, policy(), run.history, run.at)

    assert end.last.kind in ("none", "escalate")
    assert compliant(runtime) or not runtime.invocable()


@given(runtimes(), GRACES)
def test_warned_about_first_and_acted_on_at_its_time(runtime, grace):
    wanted = policy(grace=grace)
    verdict = judge(parse_situated(runtime.document()), ZONE)
    broken = {each.rule for each in verdict.violations}
    early = climb(runtime, wanted)
    later = climb(runtime, wanted, early.history, NOW + timedelta(days=3))

    assert bool(early.steps) == any(not grace.get(rule) for rule in broken) or verdict.missing
    assert later.last.kind in ("none", "escalate")
    assert compliant(runtime) or not runtime.invocable()


@given(runtimes())
def test_observing_makes_no_step(runtime):
    before = runtime.document()
    run = climb(runtime, policy("OBSERVE"))

    assert (run.steps, run.last.kind, runtime.document()) == ([], "none", before)


def test_without_a_situation_nothing_is_changed():
    seen = snapshot({1: PUBLIC}, {"DEFAULT": 1})

    assert next_step(seen, judge(seen, ZONE), policy(), History(), at=NOW).kind == "none"


@pytest.mark.parametrize("status", ["DELETING", "CREATE_FAILED"])
def test_a_runtime_on_its_way_out_or_never_made_is_left_alone(status):
    runtime = service({1: PUBLIC}, {"DEFAULT": 1}, status=status)

    assert step_now(runtime, policy(), History(), NOW).kind == "none"


def test_a_denial_on_a_runtime_that_was_never_made_is_still_taken_back():
    denied = deny_call(RUNTIME_ARN, None).parameters["policy"]
    runtime = service({1: None}, {"DEFAULT": 1}, status="CREATE_FAILED", policy=denied)

    assert step_now(runtime, policy(), History(), NOW).kind == "lift-denial"


def test_a_warning_is_acted_on_at_its_time():
    runtime = service({1: PUBLIC}, {"DEFAULT": 1})
    wanted = policy(grace={RuleId.NETWORK_MODE: timedelta(hours=1)})
    due = {RuleId.NETWORK_MODE: NOW + timedelta(hours=1)}
    early = step_now(runtime, wanted, History(due=due), NOW)
    soon = step_now(runtime, wanted, History(due=due), NOW + timedelta(minutes=50))
    then = step_now(runtime, wanted, History(due=due), NOW + timedelta(hours=1))

    assert (early.kind, early.why) == ("none", "warned about only; acted on from 2026-11-20 13:31:20Z on")
    assert (soon.kind, soon.delay_seconds) == ("wait", 601)
    assert then.kind == "deny-invocation"


def test_a_denied_runtime_with_only_a_warning_left_stays_denied_and_people_are_told_until_when():
    runtime = service({1: PUBLIC}, {"DEFAULT": 1})
    run = climb(runtime, policy("QUARANTINE"))
    wanted = policy(grace={RuleId.NETWORK_MODE: timedelta(days=1)})

    step = step_now(runtime, wanted, run.history, NOW)
    soon = step_now(runtime, policy(grace={RuleId.NETWORK_MODE: timedelta(minutes=5)}), run.history, NOW)

    assert (step.kind, soon.kind) == ("escalate", "wait")
    assert step.why.startswith("network-mode: warned about only; acted on from 2026-11-21 12:")
    assert step.why.endswith("; invocations stay denied")
    assert not runtime.invocable()


def exemptions(expires):
    document = {"id": "E", "owner": "o", "reason": "r", "ticket": "t", "runtimes": ["*"], "rules": ["network-mode"]}
    return parse_exemptions([{**document, "expires": expires}], NOW)


def test_an_exempted_violation_is_not_acted_on_until_the_exemption_ends():
    runtime = service({1: PUBLIC}, {"DEFAULT": 1})

    assert climb(runtime, policy(), exemptions=exemptions("2026-11-20")).steps == []
    assert climb(runtime, policy(), exemptions=exemptions("2026-11-19")).kinds[0] == "deny-invocation"


def test_an_endpoint_that_somebody_answers_for_stays_where_it_is():
    runtime = service({1: PUBLIC, 2: vpc([FOREIGN_SUBNET]), 3: None}, {"DEFAULT": 3, "legacy": 1, "prod": 2})
    run = climb(runtime, policy(), exemptions=exemptions("2026-12-01"))

    assert run.kinds == ["deny-invocation", "move-endpoint", "lift-denial"]
    assert (runtime.endpoints["legacy"]["live"], runtime.endpoints["prod"]["live"]) == (1, 3)


def test_an_exemption_given_later_lifts_the_denial():
    runtime = service({1: PUBLIC}, {"DEFAULT": 1})
    run = climb(runtime, policy("QUARANTINE"))

    assert climb(runtime, policy("QUARANTINE"), run.history, exemptions=exemptions("2026-12-01")).kinds == [
        "lift-denial"
    ]


@pytest.mark.parametrize(
    ("mode", "network", "history", "called"),
    [
        ("OBSERVE", PUBLIC, History(), False),
        ("REPAIR", PUBLIC, History(digest="x"), True),
        ("QUARANTINE", PUBLIC, History(digest="x"), True),
        ("REPAIR", None, History(digest="x"), False),
        ("REPAIR", None, History(digest="x", denial=Denial(None)), True),
        ("REPAIR", None, History(), True),
        ("REPAIR", None, History(digest="gone"), True),
        ("REPAIR", None, History(digest="x", unread_since=NOW - PATIENCE / 2), False),
        ("REPAIR", None, History(digest="x", unread_since=NOW - PATIENCE), True),
        ("REPAIR", None, History(digest="x", unread_since=NOW - PATIENCE, escalated="because"), False),
        ("OBSERVE", None, History(digest="x", unread_since=NOW - PATIENCE), False),
    ],
)
def test_the_situation_is_read_where_there_may_be_something_to_do(mode, network, history, called):
    verdict = judge(snapshot({1: network}, {"DEFAULT": 1}), ZONE)

    assert is_called_for(verdict, policy(mode), history, at=NOW) is called


ODD_HISTORIES = st.builds(
    History,
    digest=TEXT,
    acts=st.lists(
        st.builds(
            Act,
            at=st.just(NOW),
            kind=st.sampled_from(StepKind),
            version=st.none() | st.integers(),
            endpoint=st.none() | TEXT,
            refused=TEXT,
        ),
        max_size=8,
    ).map(tuple),
    denial=st.none() | st.builds(Denial, st.none() | TEXT | JSON.map(json.dumps)),
    missing=st.dictionaries(st.integers(1, 4), st.sampled_from([NOW, NOW - timedelta(hours=1)])),
)


@st.composite
def odd_documents(draw):
    document = draw(snapshots() | runtimes().map(NaiveService.document))
    document |= draw(
        st.fixed_dictionaries(
            {},
            optional={"resource_policy": TEXT | JSON | JSON.map(json.dumps), "tags": JSON, "harness": JSON},
        )
    )
    return draw(st.just(document) | some_of(document, JSON))


@given(odd_documents(), ODD_HISTORIES, st.sampled_from(ResponseMode), GRACES)
def test_nothing_is_too_odd_for_a_step_and_none_is_taken_on_what_is_unknown(document, history, mode, grace):
    try:
        seen = parse_situated(document)
        verdict = judge(seen, ZONE)
    except InvalidInput:
        return
    wanted = ResponsePolicy(mode, ZONE, grace=grace)
    step = next_step(seen, verdict, wanted, history, at=NOW)

    assert step == next_step(seen, verdict, wanted, history, at=NOW)
    assert step.changes_something == (step.kind not in ("wait", "escalate", "none"))
    unknown = verdict.compliance is Compliance.INSUFFICIENT_DATA and not still_missing(verdict, history, NOW)
    if mode is ResponseMode.OBSERVE or unknown:
        assert not step.changes_something
    if step.kind is StepKind.LIFT_DENIAL:
        assert verdict.compliance is Compliance.COMPLIANT


def test_equal_lists_in_another_order_give_the_same_step():
    one, two = service({1: vpc(SUBNETS, [FOREIGN_GROUP])}, {"a": 1, "b": 1}), service({}, {})
    two.versions = {1: whole(1, vpc(SUBNETS[::-1], [FOREIGN_GROUP]))}
    two.endpoints = {name: dict(one.endpoints[name]) for name in ("b", "a")}
    runs = [climb(each, policy()) for each in (one, two)]

    assert [step.call for step in runs[0].steps] == [step.call for step in runs[1].steps]
    assert one.versions[2]["networkConfiguration"]["networkModeConfig"]["securityGroups"] == GROUPS
