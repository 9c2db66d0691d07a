import pytest
from botocore.exceptions import ClientError

from tests.guardrail_lab.agentcore.arrange import made, refusal, updated
from tests.guardrail_lab.arrange import VPC, new_version


def version(agentcore, runtime_id):
    return agentcore.get_agent_runtime(agentRuntimeId=runtime_id)["agentRuntimeVersion"]


@pytest.mark.parametrize(("took_effect", "after"), [(False, "1"), (True, "2")])
def test_a_call_fails_before_or_after_it_took_effect(agentcore, clock, plane, took_effect, after):
    runtime_id, _ = made(agentcore, clock)
    fault = {"times": 1, "code": "InternalServerException", "status": 500}
    plane.faults.fail("UpdateAgentRuntime", **fault, took_effect=took_effect)

    with pytest.raises(ClientError) as failed:
        agentcore.update_agent_runtime(**new_version(runtime_id, networkConfiguration=VPC))

    assert failed.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert version(agentcore, runtime_id) == after


def test_a_lost_answer_is_had_by_asking_again_with_the_same_token(agentcore, clock, plane):
    runtime_id, _ = made(agentcore, clock)
    sent = new_version(runtime_id, networkConfiguration=VPC, clientToken="a" * 33)
    plane.faults.fail("UpdateAgentRuntime", times=1, code="InternalServerException", status=500, took_effect=True)

    assert refusal(agentcore.update_agent_runtime, **sent) == "InternalServerException"

    assert agentcore.update_agent_runtime(**sent)["agentRuntimeVersion"] == "2"


def test_reads_can_lag_behind(agentcore, clock, plane):
    runtime_id, _ = made(agentcore, clock)
    updated(agentcore, clock, runtime_id, networkConfiguration=VPC)
    plane.faults.lag(150, times=1, operation="ListAgentRuntimes")
    plane.faults.lag(120, times=1)

    assert version(agentcore, runtime_id) == "1"
    assert version(agentcore, runtime_id) == "2"
    assert agentcore.list_agent_runtimes()["agentRuntimes"][0]["agentRuntimeVersion"] == "1"


def test_before_it_was_made_a_runtime_is_not_found(agentcore, clock, plane):
    runtime_id, _ = made(agentcore, clock)
    plane.faults.lag(101, times=1)

    assert refusal(agentcore.get_agent_runtime, agentRuntimeId=runtime_id) == "ResourceNotFoundException"


def test_writes_never_lag_behind(agentcore, clock, plane):
    runtime_id, _ = made(agentcore, clock)
    plane.faults.lag(1000, times=1)

    assert agentcore.update_agent_runtime(**new_version(runtime_id))["agentRuntimeVersion"] == "2"
    assert plane.faults.pending()["lags"] == 1


def test_what_is_pending_can_be_taken_back(agentcore, clock, plane):
    runtime_id, _ = made(agentcore, clock)
    plane.faults.fail("GetAgentRuntime", times=2, code="ThrottlingException", status=429)
    plane.faults.lag(60, times=1)
    plane.faults.fail_next_update(runtime_id, "x")
    plane.faults.refuse_authorizer(runtime_id)
    assert all(plane.faults.pending().values())

    plane.faults.clear()

    assert not any(plane.faults.pending().values())
    assert version(agentcore, runtime_id) == "1"
