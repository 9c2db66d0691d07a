import pytest

from tests.guardrail_lab.agentcore.arrange import endpoints, refusal
from tests.guardrail_lab.arrange import PUBLIC, ROLE, VPC, new_version


def placed(network):
    return {"agentCoreRuntimeEnvironment": {"networkConfiguration": network}}


def made(agentcore, clock, **members):
    harness = agentcore.create_harness(harnessName="helper", executionRoleArn=ROLE, **members)["harness"]
    clock.advance(100)
    return harness["harnessId"], harness["environment"]["agentCoreRuntimeEnvironment"]["agentRuntimeId"]


def test_a_harness_makes_a_runtime_that_is_public_by_default(agentcore, clock):
    harness_id, runtime_id = made(agentcore, clock)

    assert agentcore.get_harness(harnessId=harness_id)["harness"]["status"] == "READY"
    assert runtime_id.startswith("harness_helper-")
    assert agentcore.get_agent_runtime(agentRuntimeId=runtime_id)["networkConfiguration"] == PUBLIC


def test_nobody_else_changes_its_runtime(agentcore, clock):
    _, runtime_id = made(agentcore, clock)
    runtime = {"agentRuntimeId": runtime_id}

    refused = [
        refusal(agentcore.update_agent_runtime, **new_version(runtime_id, networkConfiguration=VPC)),
        refusal(agentcore.delete_agent_runtime, **runtime),
        refusal(agentcore.create_agent_runtime_endpoint, **runtime, name="prod"),
    ]

    assert refused == ["ConflictException"] * 3


def test_an_update_moves_the_runtime_too(agentcore, clock):
    harness_id, runtime_id = made(agentcore, clock)

    answer = agentcore.update_harness(harnessId=harness_id, environment=placed(VPC))["harness"]
    clock.advance(100)

    assert (answer["harnessVersion"], answer["status"]) == ("2", "UPDATING")
    assert agentcore.get_agent_runtime(agentRuntimeId=runtime_id)["networkConfiguration"]["networkMode"] == "VPC"
    assert endpoints(agentcore, runtime_id)["DEFAULT"] == ("2", "2", "READY")
    versions = agentcore.list_harness_versions(harnessId=harness_id)["harnessVersions"]
    assert [version["harnessVersion"] for version in versions] == ["1", "2"]


def test_what_an_update_leaves_out_stays(agentcore, clock):
    token = {"customJWTAuthorizer": {"discoveryUrl": "https://id.example/.well-known/openid-configuration"}}
    harness_id, runtime_id = made(agentcore, clock, environment=placed(VPC), maxTokens=5, authorizerConfiguration=token)

    agentcore.update_harness(harnessId=harness_id, maxTokens=6)
    clock.advance(100)
    harness = agentcore.get_harness(harnessId=harness_id)["harness"]
    assert (harness["maxTokens"], harness["authorizerConfiguration"]) == (6, token)
    assert agentcore.get_agent_runtime(agentRuntimeId=runtime_id)["networkConfiguration"]["networkMode"] == "VPC"

    agentcore.update_harness(harnessId=harness_id, authorizerConfiguration={})
    clock.advance(100)
    assert "authorizerConfiguration" not in agentcore.get_harness(harnessId=harness_id)["harness"]
    assert "authorizerConfiguration" not in agentcore.get_agent_runtime(agentRuntimeId=runtime_id)


def test_an_earlier_version_can_be_read(agentcore, clock):
    harness_id, _ = made(agentcore, clock, maxTokens=5)
    agentcore.update_harness(harnessId=harness_id, maxTokens=6)

    assert agentcore.get_harness(harnessId=harness_id, harnessVersion="1")["harness"]["maxTokens"] == 5
    refused = refusal(agentcore.get_harness, harnessId=harness_id, harnessVersion="9")
    assert refused == "ResourceNotFoundException"


def test_an_update_can_fail(agentcore, clock, plane):
    harness_id, runtime_id = made(agentcore, clock)
    plane.faults.fail_next_update(runtime_id, "no addresses left")

    agentcore.update_harness(harnessId=harness_id, environment=placed(VPC))
    clock.advance(100)

    harness = agentcore.get_harness(harnessId=harness_id)["harness"]
    assert (harness["status"], harness["failureReason"]) == ("UPDATE_FAILED", "no addresses left")


@pytest.mark.parametrize("call", ["update_harness", "delete_harness"])
def test_what_is_changing_cannot_be_changed(agentcore, clock, call):
    harness_id, _ = made(agentcore, clock)
    agentcore.update_harness(harnessId=harness_id)

    assert refusal(getattr(agentcore, call), harnessId=harness_id) == "ConflictException"


def test_its_runtime_goes_with_it(agentcore, clock):
    harness_id, runtime_id = made(agentcore, clock)
    twice = {"harnessName": "helper", "executionRoleArn": ROLE}
    assert refusal(agentcore.create_harness, **twice) == "ConflictException"

    agentcore.delete_harness(harnessId=harness_id)
    assert agentcore.list_harnesses()["harnesses"][0]["status"] == "DELETING"
    clock.advance(60)

    assert agentcore.list_harnesses()["harnesses"] == []
    assert refusal(agentcore.get_agent_runtime, agentRuntimeId=runtime_id) == "ResourceNotFoundException"


def test_where_everything_settles_at_once_it_is_gone_at_once(agentcore, clock, plane):
    plane.behave(settle_seconds=0, endpoint_settle_seconds=0)
    harness_id, _ = made(agentcore, clock)

    assert agentcore.delete_harness(harnessId=harness_id)["harness"]["harnessId"] == harness_id
    assert agentcore.list_agent_runtimes()["agentRuntimes"] == []


def test_a_harness_that_is_refused_leaves_no_runtime(agentcore):
    reserved = {"harnessName": "helper", "executionRoleArn": ROLE, "tags": {"aws:x": "y"}}

    assert refusal(agentcore.create_harness, **reserved) == "ValidationException"
    assert agentcore.list_agent_runtimes()["agentRuntimes"] == []
