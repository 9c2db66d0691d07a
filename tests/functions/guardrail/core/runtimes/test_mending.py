"""Repaired by one new version, endpoint by endpoint; left to people where that is not ours to do."""

from datetime import timedelta

import pytest

from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.ladder import next_step
from guardrail.core.runtimes.rules import RuleId
from guardrail.core.runtimes.step import Act, StepKind
from guardrail.core.runtimes.surroundings import parse_situated
from guardrail.core.runtimes.tool import ToolKind, tool_snapshot_document
from guardrail.core.runtimes.verdict import judge
from tests.builders import ACCOUNT, FOREIGN_PROVIDER, NEW, NOW, OLD, PUBLIC, REGION, tool_answer, vpc
from tests.ladder_builders import ZONE, climb, compliant, policy, service, step_now, whole

DENY, REPAIR, MOVE, LIFT = "deny-invocation", "repair-network", "move-endpoint", "lift-denial"


def escalated(runtime, wanted=None, history=None):
    """Climb to where a person has to act; nothing but the denial was changed."""
    run = climb(runtime, wanted or policy(), history)
    assert run.last.kind == "escalate", run.last
    assert (run.kinds, runtime.invocable()) == ([DENY], False)
    assert run.last.why.endswith("; invocations stay denied")
    return run.last.why.removesuffix("; invocations stay denied")


@pytest.mark.parametrize(
    ("placed", "serves", "kinds"),
    [
        pytest.param({3: PUBLIC}, {"DEFAULT": 3}, [DENY, REPAIR, LIFT], id="DEFAULT follows by itself"),
        pytest.param(
            {3: PUBLIC}, {"DEFAULT": 3, "prod": 3, "b": 3}, [DENY, REPAIR, MOVE, MOVE, LIFT], id="each endpoint in turn"
        ),
        pytest.param({3: PUBLIC, 4: None}, {"DEFAULT": 4, "prod": 3}, [DENY, MOVE, LIFT], id="the newest is fine"),
        pytest.param({3: None, 4: PUBLIC}, {"DEFAULT": 4, "prod": 3}, [DENY, REPAIR, LIFT], id="prod was fine"),
        pytest.param({3: None}, {"DEFAULT": 3}, [], id="compliant"),
        pytest.param({1: PUBLIC}, {}, [DENY, REPAIR, LIFT], id="no endpoint at all"),
    ],
)
@pytest.mark.parametrize("changes", [{}, {"takes_wildcard": False}, {"policy": '{ "Statement" : [{"Sid":"a"}] }'}])
def test_a_runtime_that_drifted_ends_contained_with_its_policy_as_it_was(placed, serves, kinds, changes):
    runtime = service(placed, serves, **changes)
    before = runtime.policy
    if before is not None:
        before = runtime.policy = '{ "Statement" : [{"Sid":"a","Effect":"Allow","Principal":"*","Action":"*"}] }'
    run = climb(runtime, policy())

    assert (run.kinds, run.last.kind) == (kinds, "none")
    assert compliant(runtime)
    assert runtime.policy == before


@pytest.mark.parametrize("created", [NEW, OLD, None])
def test_the_side_door_to_s3_is_closed_on_old_runtimes_and_left_alone_on_new_ones(created):
    runtime = service({}, {}, old=created == OLD)
    runtime.versions = {
        1: whole(1, vpc(requireServiceS3Endpoint=True) if created == OLD else PUBLIC, createdAt=created)
    }
    runtime.endpoints = {"DEFAULT": {"live": 1, "target": 1, "status": "READY"}}
    run = climb(runtime, policy())

    assert run.kinds == [DENY, REPAIR, LIFT]
    assert compliant(runtime)


def test_a_repair_says_what_must_still_be_so_and_which_version_comes_of_it():
    step = climb(service({3: PUBLIC}, {"DEFAULT": 3}), policy()).steps[1]

    assert step.version == 3
    assert step.seen == {"agentRuntimeVersion": "3", "lastUpdatedAt": "2026-11-20T12:00:00+00:00"}


def test_a_move_brings_no_token_of_ours_and_says_what_must_still_be_served():
    document = service({3: PUBLIC, 4: None}, {"DEFAULT": 4, "prod": 3})
    step = climb(document, policy()).steps[1]

    assert step.seen == {"liveVersion": "3", "targetVersion": "3", "description": None}
    assert step.call.parameters == {
        "agentRuntimeId": "orders_agent-AbCdEfGhIj",
        "endpointName": "prod",
        "agentRuntimeVersion": "4",
    }


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stack": "orders-prod"}, "CloudFormation stack orders-prod owns it"),
        ({"harness": "helper-AbCdEfGhIj"}, "harness helper-AbCdEfGhIj manages it: repair it with UpdateHarness"),
        ({"status": "UPDATE_FAILED"}, "its newest version is UPDATE_FAILED"),
        ({"status": "DELETE_FAILED"}, "its newest version is DELETE_FAILED"),
        ({"status": "SUSPENDED"}, "its status is not known here"),
    ],
)
def test_a_runtime_that_is_not_ours_to_change_is_denied_and_left_to_people(changes, words):
    assert escalated(service({1: PUBLIC}, {"DEFAULT": 1, "prod": 1}, **changes)).startswith(words)


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ({"capacityProviderConfiguration": {"capacityProviderArn": FOREIGN_PROVIDER}}, "Instances compute"),
        ({"filesystemConfigurations": [{"sessionStorage": {"mountPath": "/mnt/s"}}]}, "session storage"),
        ({"brandNewConfiguration": {}}, "brandNewConfiguration"),
    ],
)
def test_a_repair_that_would_lose_something_is_left_to_people(members, word):
    runtime = service({}, {})
    runtime.versions = {1: whole(1, PUBLIC, **members)}

    assert word in escalated(runtime)


def test_an_update_that_fails_leaves_it_denied():
    run = climb(service({1: PUBLIC}, {"DEFAULT": 1}, fails=True), policy())

    assert run.kinds == [DENY, REPAIR]
    assert run.last.why == "its newest version is UPDATE_FAILED; invocations stay denied"


def test_a_refused_repair_is_not_tried_again_on_the_same_version():
    refused = "ValidationException: Authorizer already exists"
    history = History(acts=(Act(NOW, StepKind.REPAIR_NETWORK, 1, refused=refused),))

    assert (
        escalated(service({1: PUBLIC}, {"DEFAULT": 1}), history=history) == f"AgentCore refuses the repair ({refused})"
    )
    other = climb(service({2: PUBLIC}, {"DEFAULT": 2}), policy(), history)
    assert other.kinds == [DENY, REPAIR, LIFT]


def test_somebody_who_reverts_every_repair_ends_denied():
    def revert(runtime, step):
        if step.kind is StepKind.REPAIR_NETWORK:
            runtime.publish(PUBLIC)

    runtime = service({1: PUBLIC}, {"DEFAULT": 1, "prod": 1})
    run = climb(runtime, policy(), meddle=revert)

    assert run.kinds == [DENY, *[REPAIR] * 5]
    assert run.last.kind == "escalate"
    assert not runtime.invocable()


def test_somebody_who_moves_an_endpoint_back_ends_denied_and_the_others_are_moved():
    def move_back(runtime, step):
        if step.endpoint == "a":
            runtime.endpoints["a"].update(live=1, target=1, status="READY")

    runtime = service({1: PUBLIC, 2: None}, {"DEFAULT": 2, "a": 1, "z": 1})
    run = climb(runtime, policy(attempts=2), meddle=move_back)

    assert [step.endpoint for step in run.steps] == [None, "a", "a", "z"]
    assert run.last.why == (
        "endpoint a was moved as often as the guardrail may, and moved back; invocations stay denied"
    )


@pytest.mark.parametrize("status", ["UPDATE_FAILED", "CREATE_FAILED", "DELETE_FAILED", "PAUSED"])
def test_an_endpoint_that_cannot_be_moved_is_named(status):
    runtime = service({1: PUBLIC, 2: None}, {"DEFAULT": 2, "prod": 1})
    runtime.endpoints["prod"]["status"] = status

    assert escalated(runtime).startswith("endpoint prod ")


def test_ten_endpoints_are_moved_within_the_attempts_of_each():
    names = [f"e{n}" for n in range(10)]
    run = climb(service({1: PUBLIC}, {"DEFAULT": 1, **dict.fromkeys(names, 1)}), policy())

    assert run.kinds == [DENY, REPAIR, *[MOVE] * 10, LIFT]


def test_what_changed_while_it_was_read_is_read_again():
    runtime = service({1: PUBLIC}, {"DEFAULT": 1, "prod": 1})
    climb(runtime, policy("QUARANTINE"))
    document = runtime.document()
    document["endpoints"][1]["targetVersion"] = "2"
    snapshot = parse_situated({**document, "versions": {"1": runtime.versions[1], "2": whole(1, PUBLIC)}})
    step = next_step(snapshot, judge(snapshot, ZONE), policy(), History(), at=NOW)

    assert (step.kind, step.why) == ("wait", "it changed while it was read")


def test_endpoints_wait_for_a_newest_version_that_could_not_be_read():
    runtime = service({1: PUBLIC, 2: {"networkMode": 7}}, {"DEFAULT": 2, "prod": 1})
    climb(runtime, policy("QUARANTINE"))
    step = step_now(runtime, policy(), History(), NOW)

    assert (step.kind, step.why) == ("wait", "the newest version, where the endpoints belong, could not be read")


def test_no_endpoint_is_moved_to_a_newest_version_that_is_still_in_its_grace():
    runtime = service({1: vpc(subnets=["subnet-0f0f0f0f0f0f0f0f0"]), 2: PUBLIC}, {"DEFAULT": 2, "prod": 1})
    patient = policy(grace={RuleId.NETWORK_MODE: timedelta(days=1)})
    run = climb(runtime, patient)

    later = climb(runtime, patient, run.history, run.at + timedelta(days=1))

    assert run.kinds == [DENY]
    assert (later.kinds, runtime.invocable()) == ([REPAIR, MOVE, LIFT], True)
    assert run.last.kind == "escalate"
    assert run.last.why.startswith("network-mode: warned about only; acted on from 2026-11-21 12:")
    assert run.last.why.endswith("; invocations stay denied")


def test_default_is_waited_for_and_never_moved():
    runtime = service({1: PUBLIC, 2: None}, {"DEFAULT": 1})
    climb(runtime, policy("QUARANTINE"))

    assert step_now(runtime, policy(), History(), NOW).kind == "wait"


@pytest.mark.parametrize("what", ["tags", "harness"])
def test_who_owns_it_has_to_be_known(what):
    runtime = service({1: PUBLIC}, {"DEFAULT": 1})
    climb(runtime, policy("QUARANTINE"))
    snapshot = parse_situated({**runtime.document(), what: {"error": "AccessDeniedException"}})
    step = next_step(snapshot, judge(snapshot, ZONE), policy(), History(), at=NOW)

    assert step.kind == "escalate"
    assert f"its {what} could not be read (AccessDeniedException)" in step.why


def test_a_description_of_an_endpoint_goes_back_with_the_move():
    runtime = service({1: PUBLIC, 2: None}, {"DEFAULT": 2, "prod": 1})
    climb(runtime, policy("QUARANTINE"))
    document = runtime.document()
    document["endpoints"][1]["description"] = "orders, production"
    snapshot = parse_situated(document)
    step = next_step(snapshot, judge(snapshot, ZONE), policy(), History(), at=NOW)

    assert step.call.parameters["description"] == "orders, production"


def step_for_a_tool(mode, **members):
    answer = tool_answer(ToolKind.BROWSER, **{"network": PUBLIC, **members})
    snapshot = parse_situated(tool_snapshot_document(ToolKind.BROWSER, answer, ACCOUNT, REGION))
    return next_step(snapshot, judge(snapshot, ZONE), policy(mode), History(), at=NOW)


@pytest.mark.parametrize("mode", ["QUARANTINE", "REPAIR"])
def test_a_tool_outside_the_landing_zone_is_left_to_people_and_never_changed(mode):
    step = step_for_a_tool(mode)

    assert (step.kind, step.call) == ("escalate", None)
    assert step.why.startswith("AgentCore cannot change a browser: create one like it in the landing zone")


@pytest.mark.parametrize(
    ("mode", "members"),
    [
        pytest.param("OBSERVE", {}, id="in OBSERVE"),
        pytest.param("REPAIR", {"status": "DELETING"}, id="on its way out"),
        pytest.param("REPAIR", {"status": "CREATE_FAILED"}, id="never made"),
        pytest.param("REPAIR", {"network": {"networkMode": 1}}, id="unknown"),
        pytest.param(
            "REPAIR",
            {"network": {"networkMode": "VPC", "vpcConfig": vpc()["networkModeConfig"]}},
            id="in the landing zone",
        ),
    ],
)
def test_nobody_is_woken_up_for_a_tool_about_which_there_is_nothing_to_do(mode, members):
    assert step_for_a_tool(mode, **members).kind == "none"


def test_a_tool_within_its_grace_is_only_warned_about():
    snapshot = parse_situated(
        tool_snapshot_document(ToolKind.BROWSER, tool_answer(ToolKind.BROWSER, PUBLIC), ACCOUNT, REGION)
    )
    wanted = policy(grace={RuleId.NETWORK_MODE: timedelta(days=1)})

    assert next_step(snapshot, judge(snapshot, ZONE), wanted, History(), at=NOW).why.startswith("warned about only")
