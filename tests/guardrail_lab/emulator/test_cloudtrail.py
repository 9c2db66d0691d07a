import json

import pytest
from botocore.exceptions import ClientError

from guardrail_lab.agentcore.model import HIDDEN
from tests.guardrail_lab.arrange import PUBLIC, ROLE, VPC, new_runtime, new_version, watch_events

POLICY = {"Effect": "Deny", "Principal": "*", "Action": "bedrock-agentcore:InvokeAgentRuntime"}


def whole_life(agentcore):
    """Call all eight operations that the guardrail watches, once each."""
    made = agentcore.create_agent_runtime(**new_runtime(networkConfiguration=PUBLIC))
    runtime, arn = {"agentRuntimeId": made["agentRuntimeId"]}, made["agentRuntimeArn"]
    agentcore.create_agent_runtime_endpoint(**runtime, name="prod")
    agentcore.update_agent_runtime(**new_version(made["agentRuntimeId"], networkConfiguration=VPC))
    agentcore.update_agent_runtime_endpoint(**runtime, endpointName="prod", agentRuntimeVersion="2")
    policy = {"Version": "2012-10-17", "Statement": [{**POLICY, "Resource": arn}]}
    agentcore.put_resource_policy(resourceArn=arn, policy=json.dumps(policy))
    agentcore.delete_resource_policy(resourceArn=arn)
    agentcore.delete_agent_runtime_endpoint(**runtime, endpointName="prod")
    agentcore.delete_agent_runtime(**runtime)


def test_every_write_puts_an_event_on_the_default_bus(cloud, account):
    events = watch_events(cloud, account)

    whole_life(cloud.client("bedrock-agentcore-control", account=account))

    assert [event["eventName"] for event in events()] == [
        "CreateAgentRuntime",
        "CreateAgentRuntimeEndpoint",
        "UpdateAgentRuntime",
        "UpdateAgentRuntimeEndpoint",
        "PutResourcePolicy",
        "DeleteResourcePolicy",
        "DeleteAgentRuntimeEndpoint",
        "DeleteAgentRuntime",
    ]


def test_harnesses_tools_and_tags_put_events_too(cloud, account):
    events = watch_events(cloud, account)
    agentcore = cloud.client("bedrock-agentcore-control", account=account)

    secret = {"environmentVariables": {"TOKEN": "s3cret"}}
    harness = agentcore.create_harness(harnessName="helper", executionRoleArn=ROLE, **secret)["harness"]
    agentcore.update_harness(harnessId=harness["harnessId"])
    agentcore.create_browser(name="tool", networkConfiguration=PUBLIC)
    agentcore.tag_resource(resourceArn=harness["arn"], tags={"team": "orders"})

    seen = events()
    assert [event["eventName"] for event in seen] == ["CreateHarness", "UpdateHarness", "CreateBrowser", "TagResource"]
    assert seen[0]["responseElements"]["harness"]["harnessId"] == harness["harnessId"]
    assert "s3cret" not in str(seen)


def test_reads_put_no_event(cloud, account):
    events = watch_events(cloud, account)
    agentcore = cloud.client("bedrock-agentcore-control", account=account)

    agentcore.list_agent_runtimes()

    assert events() == []


def test_an_event_says_who_how_and_what(cloud, account):
    events = watch_events(cloud, account)
    agentcore = cloud.client("bedrock-agentcore-control", account=account)

    made = agentcore.create_agent_runtime(**new_runtime(networkConfiguration=PUBLIC))

    [event] = events()
    assert event["eventSource"] == "bedrock-agentcore.amazonaws.com"
    assert event["userAgent"].startswith("Boto3/")
    assert event["sourceIPAddress"] == "127.0.0.1"
    assert event["requestID"] == made["ResponseMetadata"]["RequestId"]
    assert event["recipientAccountId"] == account
    assert event["requestParameters"]["networkConfiguration"] == PUBLIC
    assert event["responseElements"]["agentRuntimeId"] == made["agentRuntimeId"]
    assert event["responseElements"]["status"] == "CREATING"
    assert not event["readOnly"]
    assert "errorCode" not in event


def test_what_the_model_calls_sensitive_is_hidden(cloud, account):
    events = watch_events(cloud, account)
    agentcore = cloud.client("bedrock-agentcore-control", account=account)

    secret = {"environmentVariables": {"TOKEN": "s3cret"}, "description": "s3cret"}
    runtime_id = agentcore.create_agent_runtime(**new_runtime(**secret))["agentRuntimeId"]
    agentcore.create_agent_runtime_endpoint(agentRuntimeId=runtime_id, name="s3cret")

    created, endpoint = events()
    assert created["requestParameters"]["environmentVariables"] == HIDDEN
    assert endpoint["requestParameters"]["name"] == endpoint["responseElements"]["endpointName"] == HIDDEN
    assert endpoint["requestParameters"]["agentRuntimeId"] == runtime_id


def test_a_failed_call_puts_an_event_without_an_answer(cloud, account):
    events = watch_events(cloud, account)
    agentcore = cloud.client("bedrock-agentcore-control", account=account)

    with pytest.raises(ClientError):
        agentcore.delete_agent_runtime(agentRuntimeId="orders-AbCdEfGhIj")

    [event] = events()
    assert event["errorCode"] == "ResourceNotFoundException"
    assert event["requestParameters"]["agentRuntimeId"] == "orders-AbCdEfGhIj"
    assert event["responseElements"] is None


def test_a_denied_call_is_recorded_as_access_denied(faultless, account):
    events = watch_events(faultless, account)
    agentcore = faultless.client("bedrock-agentcore-control", account=account)
    faultless.fail("CreateAgentRuntime", times=1, code="AccessDeniedException", status=403)

    with pytest.raises(agentcore.exceptions.AccessDeniedException):
        agentcore.create_agent_runtime(**new_runtime(networkConfiguration=PUBLIC))

    [event] = events()
    assert event["errorCode"] == "AccessDenied"
    assert event["responseElements"] is None


def test_ministack_still_records_nothing(cloud_without, account):
    cloud = cloud_without("cloudtrail")
    events = watch_events(cloud, account)

    cloud.client("bedrock-agentcore-control", account=account).create_agent_runtime(
        **new_runtime(networkConfiguration=PUBLIC)
    )

    assert events() == []
