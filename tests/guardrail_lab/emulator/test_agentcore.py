from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from guardrail_lab.cloud import LocalCloud
from tests.guardrail_lab.arrange import PUBLIC, VPC, new_runtime, new_version, watch_events
from tests.patience import eventually

OLD = datetime(2026, 5, 1, tzinfo=UTC)
INTERNAL = {"times": 1, "code": "InternalServerException", "status": 500}


@pytest.fixture
def agentcore(faultless, account):
    return faultless.client("bedrock-agentcore-control", account=account)


@pytest.fixture
def runtime_id(agentcore):
    return agentcore.create_agent_runtime(**new_runtime(networkConfiguration=PUBLIC))["agentRuntimeId"]


def is_throttled(call):
    """Whether the call was refused for its rate, at first or for good."""
    try:
        return call()["ResponseMetadata"]["RetryAttempts"] > 0
    except ClientError as error:
        return error.response["Error"]["Code"] == "ThrottlingException"


def test_regions_share_nothing(faultless, agentcore, runtime_id, account):
    elsewhere = faultless.client("bedrock-agentcore-control", account=account, region="eu-west-1")

    assert len(agentcore.list_agent_runtimes()["agentRuntimes"]) == 1
    assert elsewhere.list_agent_runtimes()["agentRuntimes"] == []


def test_an_answer_can_get_lost_after_the_change_was_made_and_recorded(faultless, agentcore, runtime_id, account):
    events = watch_events(faultless, account)
    faultless.fail("DeleteAgentRuntime", **INTERNAL, took_effect=True)

    answer = agentcore.delete_agent_runtime(agentRuntimeId=runtime_id)

    assert answer["ResponseMetadata"]["RetryAttempts"] == 1  # the SDK sent the same clientToken again
    assert answer["status"] == "DELETING"
    assert ["errorCode" in event for event in events()] == [False, False]


def test_an_update_can_be_made_to_fail(faultless, agentcore, runtime_id):
    faultless.fail_next_update(runtime_id, "no addresses left")

    agentcore.update_agent_runtime(**new_version(runtime_id, networkConfiguration=VPC))

    found = agentcore.get_agent_runtime(agentRuntimeId=runtime_id)
    assert (found["status"], found["failureReason"]) == ("UPDATE_FAILED", "no addresses left")


def test_an_authorizer_can_be_made_to_be_refused(faultless, agentcore, runtime_id):
    faultless.refuse_authorizer(runtime_id)
    token = {"customJWTAuthorizer": {"discoveryUrl": "https://id.example/.well-known/openid-configuration"}}

    with pytest.raises(ClientError, match="Authorizer already exists"):
        agentcore.update_agent_runtime(**new_version(runtime_id, authorizerConfiguration=token))


def test_reads_can_be_made_to_lag_behind(faultless, agentcore, runtime_id):
    faultless.lag(60, times=1, operation="GetAgentRuntime")

    with pytest.raises(agentcore.exceptions.ResourceNotFoundException):
        agentcore.get_agent_runtime(agentRuntimeId=runtime_id)


def test_a_runtime_can_be_made_older(faultless, agentcore, runtime_id):
    faultless.backdate(runtime_id, OLD)

    agentcore.update_agent_runtime(**new_version(runtime_id, networkConfiguration=VPC))

    found = agentcore.get_agent_runtime(agentRuntimeId=runtime_id)
    assert found["createdAt"] == OLD
    assert found["networkConfiguration"]["networkModeConfig"]["requireServiceS3Endpoint"] is True


def test_a_runtime_can_be_made_one_of_a_stack(faultless, agentcore, runtime_id):
    arn = agentcore.get_agent_runtime(agentRuntimeId=runtime_id)["agentRuntimeArn"]

    faultless.tag_as_aws(arn, {"aws:cloudformation:stack-name": "orders"})

    assert agentcore.list_tags_for_resource(resourceArn=arn)["tags"] == {"aws:cloudformation:stack-name": "orders"}


def test_settings_can_be_changed_for_accounts_that_are_there_and_that_are_still_to_come(
    faultless, agentcore, runtime_id
):
    faultless.behave(runtimes_per_account=1)
    newcomer = faultless.client("bedrock-agentcore-control", account="299999999999")
    try:
        newcomer.create_agent_runtime(**new_runtime(agentRuntimeName="first"))
        for client in (agentcore, newcomer):
            with pytest.raises(client.exceptions.ServiceQuotaExceededException):
                client.create_agent_runtime(**new_runtime(agentRuntimeName="more"))
    finally:
        faultless.behave(runtimes_per_account=1000)


def test_changes_take_their_time_and_rates_hold_when_a_cloud_is_asked_for_it():
    with LocalCloud(settle_seconds=3600, throttle=True) as cloud:
        agentcore = cloud.client("bedrock-agentcore-control")
        made = agentcore.create_agent_runtime(**new_runtime())
        with ThreadPoolExecutor(10) as callers:
            assert eventually(
                lambda: any(callers.map(lambda _: is_throttled(agentcore.list_agent_runtimes), range(20)))
            )

        assert agentcore.get_agent_runtime(agentRuntimeId=made["agentRuntimeId"])["status"] == "CREATING"


def test_what_the_lab_does_not_have_is_still_ministacks(agentcore):
    assert agentcore.list_memories()["memories"] == []


def test_an_answer_is_json(faultless, agentcore, runtime_id):
    headers = agentcore.get_agent_runtime(agentRuntimeId=runtime_id)["ResponseMetadata"]["HTTPHeaders"]

    assert headers["content-type"] == "application/json"
