"""What the control plane answers, on the wire, and what the gateway makes of it."""

import botocore.session
import pytest
from botocore.config import Config

from guardrail.core.errors import GatewayError
from guardrail.core.runtimes.verdict import judge
from guardrail.gateways.agentcore import AgentCoreGateway
from tests.builders import ACCOUNT, NEW, OLD, PUBLIC, REGION, RUNTIME_ID, answer, endpoint, snapshot_document, vpc, zone
from tests.strategies import CANARY

DENIED = (403, "AccessDeniedException")
SERVED = {"DEFAULT": 4, "prod": 3, "beta": 3}
PINNED = snapshot_document({2: PUBLIC, 3: None, 4: None}, SERVED)


@pytest.fixture
def gateway(agentcore, clients):
    return AgentCoreGateway(clients, ACCOUNT, REGION)


def compliance(gateway):
    verdict = judge(gateway.snapshot(RUNTIME_ID), zone()).document()
    return verdict["compliance"], [(each["what"], each["why"]) for each in verdict["unread"]]


def test_a_look_costs_one_list_and_one_get_for_each_distinct_version_that_traffic_can_reach(agentcore, gateway):
    agentcore.runtimes[RUNTIME_ID] = PINNED

    assert compliance(gateway) == ("COMPLIANT", [])
    assert agentcore.calls == ["GetAgentRuntime", "ListAgentRuntimeEndpoints", "GetAgentRuntime 3"]


def test_a_runtime_whose_endpoints_all_serve_the_newest_costs_two_calls(agentcore, gateway):
    agentcore.runtimes[RUNTIME_ID] = snapshot_document({4: None}, {"DEFAULT": 4})

    assert compliance(gateway) == ("COMPLIANT", [])
    assert agentcore.calls == ["GetAgentRuntime", "ListAgentRuntimeEndpoints"]


def test_live_and_target_versions_are_both_read(agentcore, gateway):
    moving = [endpoint("prod", 1, 2)]
    agentcore.runtimes[RUNTIME_ID] = snapshot_document({1: PUBLIC, 2: None, 3: None}, {}, endpoints=moving)

    assert compliance(gateway)[0] == "NON_COMPLIANT"
    assert sorted(agentcore.calls[2:]) == ["GetAgentRuntime 1", "GetAgentRuntime 2"]


def test_a_runtime_that_is_gone_is_none(gateway):
    assert gateway.snapshot(RUNTIME_ID) is None


def test_every_page_of_endpoints_is_read(agentcore, gateway):
    names = {f"e{number}": 1 for number in range(7)}
    agentcore.runtimes[RUNTIME_ID] = snapshot_document({1: PUBLIC, 2: None}, names)
    agentcore.page = 3

    assert len(gateway.snapshot(RUNTIME_ID).endpoints) == 7
    assert agentcore.calls.count("ListAgentRuntimeEndpoints") == 3


@pytest.mark.parametrize(
    ("call", "unread"),
    [
        pytest.param("GetAgentRuntime", [("runtime", DENIED[1]), ("version 4", "not read")], id="the runtime"),
        pytest.param("GetAgentRuntime 3", [("version 3", DENIED[1])], id="a version"),
        pytest.param("ListAgentRuntimeEndpoints", [("endpoints", DENIED[1])], id="the endpoints"),
    ],
)
def test_what_the_service_refuses_to_show_is_unread(agentcore, gateway, call, unread):
    agentcore.runtimes[RUNTIME_ID] = PINNED
    agentcore.faults[call] = DENIED
    if call == "GetAgentRuntime":
        agentcore.faults["GetAgentRuntime 4"] = (400, "ValidationException")
        unread[1] = ("version 4", "ValidationException")

    assert compliance(gateway) == ("INSUFFICIENT_DATA", unread)


def test_a_page_of_endpoints_that_is_refused_leaves_the_ones_before_it_judged(agentcore, gateway):
    names = {"a": 1, "b": 2}
    agentcore.runtimes[RUNTIME_ID] = snapshot_document({1: PUBLIC, 2: None}, names)
    agentcore.page = 1
    agentcore.faults["ListAgentRuntimeEndpoints"] = [None, DENIED]

    assert compliance(gateway) == ("NON_COMPLIANT", [("endpoints", DENIED[1])])


def test_a_version_that_vanished_between_two_calls_is_unread(agentcore, gateway):
    agentcore.runtimes[RUNTIME_ID] = snapshot_document({4: None}, SERVED)

    assert compliance(gateway) == ("INSUFFICIENT_DATA", [("version 3", "ResourceNotFoundException")])


def test_an_answer_about_another_version_is_not_taken_for_the_one_that_was_asked_for(agentcore, gateway):
    agentcore.runtimes[RUNTIME_ID] = {**PINNED, "versions": {"3": answer(4)}}

    assert compliance(gateway) == ("INSUFFICIENT_DATA", [("version 3", "answered with another version")])


RETRYABLE = [(429, "ThrottlingException"), (400, "ThrottlingException"), (500, "InternalServerException"), (503, "")]


@pytest.mark.parametrize("fault", RETRYABLE, ids=lambda fault: f"{fault[0]} {fault[1]}")
@pytest.mark.parametrize("call", ["GetAgentRuntime", "GetAgentRuntime 3", "ListAgentRuntimeEndpoints"])
def test_throttling_and_failures_of_the_service_are_no_verdict_but_a_reason_to_come_back(
    agentcore, gateway, call, fault
):
    agentcore.runtimes[RUNTIME_ID] = PINNED
    agentcore.faults[call] = fault

    with pytest.raises(GatewayError) as failed:
        gateway.snapshot(RUNTIME_ID)

    assert failed.value.retryable
    assert failed.value.operation == f"bedrock-agentcore-control:{call.split()[0]}"


@pytest.mark.parametrize("body", [b"{}", b"", b"<html>proxy</html>"], ids=["empty", "nothing", "no JSON"])
def test_an_answer_that_says_nothing_is_never_compliant(agentcore, gateway, body):
    agentcore.runtimes[RUNTIME_ID] = PINNED
    agentcore.raw[RUNTIME_ID] = body

    assert compliance(gateway)[0] == "INSUFFICIENT_DATA"


def test_a_server_that_cannot_be_reached_is_a_failure_and_no_verdict(aws):
    session = botocore.session.Session()
    nowhere = session.create_client(
        "bedrock-agentcore-control",
        endpoint_url="http://127.0.0.1:9",
        config=Config(retries={"total_max_attempts": 1}),
    )

    with pytest.raises(GatewayError, match="GetAgentRuntime failed: EndpointConnectionError"):
        AgentCoreGateway(lambda _: nowhere, ACCOUNT, REGION).snapshot(RUNTIME_ID)


def test_environment_variables_and_descriptions_never_leave_the_gateway(agentcore, gateway):
    secret = {"environmentVariables": {"TOKEN": CANARY}, "description": CANARY, "failureReason": CANARY}
    agentcore.runtimes[RUNTIME_ID] = snapshot_document(
        {1: None, 2: None},
        {},
        runtime=answer(2, **secret),
        versions={"1": answer(1, PUBLIC, **secret)},
        endpoints=[endpoint("prod", 1, 1, description=CANARY)],
    )

    assert CANARY not in str(gateway.snapshot(RUNTIME_ID))
    assert CANARY not in str(gateway.versions(RUNTIME_ID, [1]))


@pytest.mark.parametrize(("created", "broken"), [(OLD, ["service-s3-endpoint"]), (NEW, [])])
def test_the_age_of_a_runtime_survives_the_wire(agentcore, gateway, created, broken):
    agentcore.runtimes[RUNTIME_ID] = snapshot_document({1: None}, {}, runtime=answer(1, createdAt=created), versions={})

    found = judge(gateway.snapshot(RUNTIME_ID), zone()).violations
    assert [violation.rule for violation in found] == broken


def test_a_placement_survives_the_wire(agentcore, gateway):
    network = vpc(["subnet-0f0f0f0f0f0f0f0f0"], ["sg-0f0f0f0f0f0f0f0f0"], requireServiceS3Endpoint=True)
    compute = {"capacityProviderArn": "arn:aws:bedrock-agentcore:us-east-1:111122223333:capacity-provider/x-0123456789"}
    runtime = answer(1, network, capacityProviderConfiguration=compute)
    agentcore.runtimes[RUNTIME_ID] = snapshot_document({1: None}, {}, runtime=runtime, versions={})

    found = judge(gateway.snapshot(RUNTIME_ID), zone()).violations
    assert [violation.rule for violation in found] == [
        "subnets",
        "security-groups",
        "capacity-provider",
        "service-s3-endpoint",
    ]


def test_versions_are_read_one_by_one_gone_is_none_and_refused_is_left_for_another_day(agentcore, gateway):
    agentcore.runtimes[RUNTIME_ID] = PINNED
    agentcore.faults["GetAgentRuntime 3"] = DENIED

    answers = gateway.versions(RUNTIME_ID, [1, 2, 3])

    assert agentcore.calls == ["GetAgentRuntime 1", "GetAgentRuntime 2", "GetAgentRuntime 3"]
    assert answers[1] is None
    assert answers[2]["networkConfiguration"] == PUBLIC
    assert 3 not in answers


def runtimes(count):
    return {f"a{n:03}-0123456789": {"runtime": answer(1, agentRuntimeId=f"a{n:03}-0123456789")} for n in range(count)}


def test_runtimes_are_listed_page_by_page_up_to_about_the_limit_and_on_from_the_cursor(agentcore, gateway):
    agentcore.runtimes = runtimes(250)

    first, cursor = gateway.runtime_ids(None, 200)
    rest, end = gateway.runtime_ids(cursor, 200)

    assert (len(first), len(rest), end) == (200, 50, None)
    assert first + rest == sorted(agentcore.runtimes)
    assert agentcore.calls == ["ListAgentRuntimes"] * 3


def test_a_cursor_that_the_service_no_longer_knows_starts_from_the_beginning(agentcore, gateway):
    agentcore.runtimes = runtimes(2)

    assert gateway.runtime_ids("expired", 100) == (sorted(agentcore.runtimes), None)


def test_a_list_that_is_refused_for_good_is_an_error_and_not_an_empty_account(agentcore, gateway):
    agentcore.faults["ListAgentRuntimes"] = (400, "ValidationException")

    with pytest.raises(
        GatewayError, match=r"^bedrock-agentcore-control:ListAgentRuntimes failed: ValidationException$"
    ):
        gateway.runtime_ids("1", 100)


def test_no_call_changes_anything(agentcore, gateway):
    agentcore.runtimes[RUNTIME_ID] = PINNED
    gateway.snapshot(RUNTIME_ID)
    gateway.versions(RUNTIME_ID, [2])
    gateway.runtime_ids(None, 100)

    assert {call.split()[0] for call in agentcore.calls} == {
        "GetAgentRuntime",
        "ListAgentRuntimeEndpoints",
        "ListAgentRuntimes",
    }
