import pytest

from tests.guardrail_lab.arrange import PUBLIC, new_runtime, new_version, watch_events


def test_a_lost_event_is_the_only_thing_lost(faultless, account):
    events = watch_events(faultless, account)
    agentcore = faultless.client("bedrock-agentcore-control", account=account)
    faultless.lose_events(1)

    runtime_id = agentcore.create_agent_runtime(**new_runtime())["agentRuntimeId"]
    agentcore.update_agent_runtime(**new_version(runtime_id, networkConfiguration=PUBLIC))

    assert [event["eventName"] for event in events()] == ["UpdateAgentRuntime"]
    assert faultless.pending_faults()["events_to_lose"] == 0


def test_only_the_named_operation_fails_and_only_so_often(faultless, account):
    agentcore = faultless.client("bedrock-agentcore-control", account=account)
    faultless.fail("ListAgentRuntimes", times=1, code="AccessDeniedException", status=403)

    runtime_id = agentcore.create_agent_runtime(**new_runtime())["agentRuntimeId"]
    with pytest.raises(agentcore.exceptions.AccessDeniedException):
        agentcore.list_agent_runtimes()

    [listed] = agentcore.list_agent_runtimes()["agentRuntimes"]
    assert listed["agentRuntimeId"] == runtime_id


@pytest.mark.parametrize(("code", "status"), [("ThrottlingException", 429), ("InternalServerException", 500)])
def test_an_sdk_that_retries_gets_past_one_failure(faultless, account, code, status):
    agentcore = faultless.client("bedrock-agentcore-control", account=account)
    faultless.fail("ListAgentRuntimes", times=1, code=code, status=status)

    answer = agentcore.list_agent_runtimes()

    assert answer["ResponseMetadata"]["RetryAttempts"] == 1


def test_failures_can_be_taken_back(faultless, account):
    faultless.fail("ListAgentRuntimes", times=5, code="AccessDeniedException", status=403)
    faultless.lose_events(5)
    faultless.lag(60, times=5)
    faultless.fail_next_update("orders-AbCdEfGhIj")
    faultless.refuse_authorizer("orders-AbCdEfGhIj")
    assert all(faultless.pending_faults().values())

    faultless.clear_faults()

    assert not any(faultless.pending_faults().values())
