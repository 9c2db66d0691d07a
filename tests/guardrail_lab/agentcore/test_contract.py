import json
from collections.abc import Callable

import pytest
from moto import mock_aws

from guardrail_lab.agentcore.client import InMemoryClient, as_client_error
from guardrail_lab.agentcore.clock import VirtualClock
from guardrail_lab.agentcore.control_plane import ControlPlane
from guardrail_lab.agentcore.errors import ServiceError
from guardrail_lab.cloud import LocalCloud
from guardrail_lab.isolation import fake_keys, sealed_client
from tests.guardrail_lab.agentcore.arrange import ACCOUNT, ADA, REGION, SETTLED
from tests.guardrail_lab.agentcore.contract import CASES, Subject, observed
from tests.guardrail_lab.agentcore.deviations import DEVIATIONS

NAMES = {case.name for case in CASES}
A_LONG_TIME = 3600.0


def nothing() -> None:
    """For an emulator in which everything happens at once."""


def invoke_by(client) -> Callable:
    def invoke(arn, endpoint):
        return json.loads(
            client.invoke_agent_runtime(agentRuntimeArn=arn, qualifier=endpoint, payload=b"{}")["response"].read()
        )

    return invoke


@pytest.fixture(scope="module")
def in_memory(model):
    clock = VirtualClock()
    plane = ControlPlane(model, clock, ACCOUNT, REGION)

    def invoke(arn, endpoint):
        try:
            return plane.invoke(arn, endpoint, ADA, session="s")
        except ServiceError as error:
            raise as_client_error(error, "InvokeAgentRuntime") from error

    return Subject(InMemoryClient(plane), lambda: clock.advance(SETTLED), nothing, invoke)


@pytest.fixture(scope="module")
def lab():
    with LocalCloud(settle_seconds=0) as cloud:
        yield (
            Subject(
                cloud.client("bedrock-agentcore-control"),
                nothing,
                lambda: cloud.behave(settle_seconds=A_LONG_TIME, endpoint_settle_seconds=A_LONG_TIME),
                invoke_by(cloud.client("bedrock-agentcore")),
            ),
            lambda: cloud.behave(settle_seconds=0, endpoint_settle_seconds=0),
        )


@pytest.fixture(scope="module")
def ministack():
    with LocalCloud(auth=True, without=["agentcore", "invocations"]) as cloud:
        control, data = cloud.client("bedrock-agentcore-control"), cloud.client("bedrock-agentcore")
        yield Subject(control, nothing, nothing, invoke_by(data))


@pytest.fixture
def moto():
    with mock_aws():
        control, data = (
            sealed_client(service, f"https://{service}.{REGION}.amazonaws.com", REGION, fake_keys())
            for service in ("bedrock-agentcore-control", "bedrock-agentcore")
        )
        yield Subject(control, nothing, nothing, invoke_by(data))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_labs_control_plane_keeps_the_contract(case, in_memory):
    assert observed(case, in_memory) == case.expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_keeps_the_contract_by_http_too(case, lab):
    subject, works_again = lab
    works_again()

    assert observed(case, subject) == case.expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_ministack_deviates_where_it_is_known_to(case, ministack):
    assert observed(case, ministack) == DEVIATIONS["ministack"].get(case.name, case.expected)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_moto_deviates_where_it_is_known_to(case, moto):
    assert observed(case, moto) == DEVIATIONS["moto"].get(case.name, case.expected)


@pytest.mark.parametrize("emulator", DEVIATIONS)
def test_a_deviation_is_one(emulator):
    expected = {case.name: case.expected for case in CASES}

    assert DEVIATIONS[emulator].keys() <= NAMES
    assert all(expected[name] != seen for name, seen in DEVIATIONS[emulator].items())
