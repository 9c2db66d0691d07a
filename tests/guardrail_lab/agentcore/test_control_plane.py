import pytest

from guardrail_lab.agentcore.behaviour import Behaviour
from guardrail_lab.agentcore.clock import VirtualClock
from guardrail_lab.agentcore.constraints import broken_constraints
from guardrail_lab.agentcore.control_plane import ControlPlane
from guardrail_lab.agentcore.errors import ServiceError
from tests.guardrail_lab.agentcore.arrange import ACCOUNT, REGION, SETTLED, new_capacity_provider, policy
from tests.guardrail_lab.arrange import PUBLIC, ROLE, VPC, new_runtime, new_version

NETWORK = {"networkConfiguration": PUBLIC}


def a_whole_life():
    """Yield each operation with its parameters, in an order in which all succeed."""

    runtime = yield "CreateAgentRuntime", new_runtime(networkConfiguration=VPC, description="orders")
    named = {"agentRuntimeId": runtime["agentRuntimeId"]}
    prod = {**named, "endpointName": "prod"}
    yield "CreateAgentRuntimeEndpoint", {**named, "name": "prod", "description": "production"}
    yield "UpdateAgentRuntime", new_version(runtime["agentRuntimeId"], description="orders")
    yield "UpdateAgentRuntimeEndpoint", {**prod, "agentRuntimeVersion": "2"}
    for operation in ("GetAgentRuntime", "ListAgentRuntimeVersions", "ListAgentRuntimeEndpoints"):
        yield operation, named
    yield "GetAgentRuntimeEndpoint", prod
    yield "ListAgentRuntimes", {"maxResults": 1}
    attached = {"resourceArn": runtime["agentRuntimeArn"]}
    yield "PutResourcePolicy", {**attached, "policy": policy()}
    yield "GetResourcePolicy", attached
    yield "DeleteResourcePolicy", attached
    yield "TagResource", {**attached, "tags": {"team": "orders"}}
    yield "ListTagsForResource", attached
    yield "UntagResource", {**attached, "tagKeys": ["team"]}
    yield "DeleteAgentRuntimeEndpoint", prod
    yield "DeleteAgentRuntime", {**named, "agentRuntimeVersion": "1"}
    yield "DeleteAgentRuntime", named
    harness = (yield "CreateHarness", {"harnessName": "helper", "executionRoleArn": ROLE})["harness"]
    for operation in ("GetHarness", "UpdateHarness", "ListHarnessVersions", "DeleteHarness"):
        yield operation, {"harnessId": harness["harnessId"]}
    yield "ListHarnesses", {}
    for noun, prefix in (("Browser", "browser"), ("CodeInterpreter", "codeInterpreter")):
        tool = yield f"Create{noun}", {"name": "tool", **NETWORK}
        yield f"List{noun}s", {}
        for verb in ("Get", "Delete"):
            yield f"{verb}{noun}", {f"{prefix}Id": tool[f"{prefix}Id"]}
    provider = yield "CreateCapacityProvider", new_capacity_provider("machines")
    yield "ListCapacityProviders", {}
    for operation in ("GetCapacityProvider", "ListAgentRuntimeVersionsByCapacityProvider", "DeleteCapacityProvider"):
        yield operation, {"capacityProviderId": provider["capacityProviderId"]}


def test_every_answer_keeps_to_the_sdks_model(plane, clock, model):
    life, called, answer = a_whole_life(), set(), None
    while True:
        try:
            operation, parameters = life.send(answer)
        except StopIteration:
            break
        answer = plane.call(operation, parameters)
        clock.advance(SETTLED)
        called.add(operation)
        shape = model.operation(operation).output_shape
        assert shape is None or list(broken_constraints(shape, answer)) == []
        assert shape is None or answer.keys() <= shape.members.keys()

    assert called == {name for name in model.service.operation_names if plane.has(name)}


def test_an_answer_is_the_callers_to_change(plane):
    sent = {"harnessName": "helper", "executionRoleArn": ROLE, "tools": [{"type": "agentcore_browser", "name": "b"}]}
    for _ in "ab":
        answer = plane.call("CreateHarness", {**sent, "clientToken": "a" * 33})["harness"]
        assert answer["tools"] == sent["tools"]
        answer["tools"].clear()

    assert plane.call("GetHarness", {"harnessId": answer["harnessId"]})["harness"]["tools"] == sent["tools"]


def test_the_same_history_gives_the_same_ids(model):
    clock = VirtualClock()
    first, second = (
        ControlPlane(model, clock, ACCOUNT, REGION).call("CreateAgentRuntime", new_runtime()) for _ in "ab"
    )

    assert first == second


def test_accounts_share_nothing_but_what_goes_wrong(model, plane, clock):
    other = ControlPlane(model, clock, "999999999999", REGION, faults=plane.faults)
    plane.call("CreateAgentRuntime", new_runtime())
    plane.faults.fail("GetAgentRuntime", times=1, code="ThrottlingException", status=429)

    assert other.call("ListAgentRuntimes", {})["agentRuntimes"] == []
    with pytest.raises(ServiceError, match="ThrottlingException"):
        other.call("GetAgentRuntime", {"agentRuntimeId": "orders-AbCdEfGhIj"})


def test_another_partition_has_other_arns(model, clock):
    plane = ControlPlane(model, clock, ACCOUNT, "us-gov-west-1", "aws-us-gov")

    arn = plane.call("CreateAgentRuntime", new_runtime())["agentRuntimeArn"]

    assert arn.startswith(f"arn:aws-us-gov:bedrock-agentcore:us-gov-west-1:{ACCOUNT}:runtime/")


def test_a_trusted_caller_can_skip_the_models_checks(model, clock):
    plane = ControlPlane(model, clock, ACCOUNT, REGION, behaviour=Behaviour(validated=False))

    assert plane.call("CreateAgentRuntime", new_runtime(roleArn="x"))["status"] == "CREATING"


def test_what_the_lab_does_not_have_is_said(plane):
    assert not plane.has("CreateGateway")
    with pytest.raises(ServiceError, match="does not have this operation"):
        plane.call("CreateGateway", {})
