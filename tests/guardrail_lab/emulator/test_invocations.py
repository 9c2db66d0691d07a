import json

import pytest
from botocore.exceptions import ClientError

from tests.guardrail_lab.arrange import PUBLIC, VPC, new_runtime, new_version, policy

INVOKE = "bedrock-agentcore:InvokeAgentRuntime"
SESSION = "s" * 33


@pytest.fixture
def arn(guarded_cloud, account):
    owner = guarded_cloud.client("bedrock-agentcore-control", account=account)
    return owner.create_agent_runtime(**new_runtime(networkConfiguration=PUBLIC))["agentRuntimeArn"]


def user(cloud, account, document, name="ada"):
    """The data plane as a user with this policy sees it."""
    iam = cloud.client("iam", account=account)
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="given", PolicyDocument=document)
    keys = iam.create_access_key(UserName=name)["AccessKey"]
    return cloud.client("bedrock-agentcore", account=account, keys=keys)


def said(client, arn, **how):
    answer = client.invoke_agent_runtime(agentRuntimeArn=arn, payload=b"{}", **how)
    return json.loads(answer["response"].read())


def test_the_version_that_serves_says_so(guarded_cloud, account, arn):
    owner = guarded_cloud.client("bedrock-agentcore-control", account=account)
    runtime_id = arn.rsplit("/", 1)[-1]
    owner.create_agent_runtime_endpoint(agentRuntimeId=runtime_id, name="prod")
    owner.update_agent_runtime(**new_version(runtime_id, networkConfiguration=VPC))
    client = guarded_cloud.client("bedrock-agentcore", account=account)

    modes = {name: said(client, arn, qualifier=name)["networkMode"] for name in ("DEFAULT", "prod")}

    assert modes == {"DEFAULT": "VPC", "prod": "PUBLIC"}
    assert said(client, runtime_id, accountId=account)["networkMode"] == "VPC"
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        said(client, arn, qualifier="gone")


def test_who_may_invoke_is_decided_on_the_runtime_and_on_the_endpoint(guarded_cloud, account, arn):
    both = user(guarded_cloud, account, policy("Allow", INVOKE, Resource=[arn, f"{arn}/runtime-endpoint/DEFAULT"]))
    half = user(guarded_cloud, account, policy("Allow", INVOKE, Resource=arn), "bob")
    never = user(guarded_cloud, account, policy("Deny", INVOKE), "eve")

    assert said(both, arn)["endpoint"] == "DEFAULT"
    for client in (half, never):
        with pytest.raises(client.exceptions.AccessDeniedException):
            said(client, arn)


def test_a_resource_policy_denies_and_allows(guarded_cloud, account, arn):
    owner = guarded_cloud.client("bedrock-agentcore-control", account=account)
    ada = user(guarded_cloud, account, policy("Allow", "s3:*"))
    principal = {"AWS": f"arn:aws:iam::{account}:user/ada"}
    for resource in (arn, f"{arn}/runtime-endpoint/DEFAULT"):
        owner.put_resource_policy(resourceArn=resource, policy=policy("Allow", INVOKE, Principal=principal))
    assert said(ada, arn)["agentRuntimeVersion"] == "1"

    owner.put_resource_policy(resourceArn=arn, policy=policy("Deny", f"{INVOKE}*", Principal="*"))

    for client in (ada, guarded_cloud.client("bedrock-agentcore", account=account)):
        with pytest.raises(client.exceptions.AccessDeniedException, match="explicit deny"):
            said(client, arn)


def test_a_stranger_is_nobody(guarded_cloud, arn):
    stranger = {"AccessKeyId": "AKIASTRANGERSTRANGER", "SecretAccessKey": "x"}
    client = guarded_cloud.client("bedrock-agentcore", keys=stranger)

    with pytest.raises(ClientError, match="security token included in the request is invalid"):
        said(client, arn)


def test_a_session_can_be_stopped(guarded_cloud, account, arn):
    owner = guarded_cloud.client("bedrock-agentcore-control", account=account)
    client = guarded_cloud.client("bedrock-agentcore", account=account)
    said(client, arn, runtimeSessionId=SESSION)
    owner.update_agent_runtime(**new_version(arn.rsplit("/", 1)[-1], networkConfiguration=VPC))
    before = said(client, arn, runtimeSessionId=SESSION)["networkMode"]

    client.stop_runtime_session(agentRuntimeArn=arn, runtimeSessionId=SESSION)

    assert (before, said(client, arn, runtimeSessionId=SESSION)["networkMode"]) == ("PUBLIC", "VPC")


def test_without_iam_resource_policies_decide_nevertheless(cloud, account):
    owner, client = (
        cloud.client(service, account=account) for service in ("bedrock-agentcore-control", "bedrock-agentcore")
    )
    arn = owner.create_agent_runtime(**new_runtime(networkConfiguration=PUBLIC))["agentRuntimeArn"]
    assert said(client, arn)["networkMode"] == "PUBLIC"

    owner.put_resource_policy(resourceArn=arn, policy=policy("Deny", f"{INVOKE}*", Principal="*"))

    with pytest.raises(client.exceptions.AccessDeniedException):
        said(client, arn)


def test_ministack_still_lets_everybody_in_without_iam(cloud_without, account):
    cloud = cloud_without("invocations", "agentcore")
    owner, client = (
        cloud.client(service, account=account) for service in ("bedrock-agentcore-control", "bedrock-agentcore")
    )
    arn = owner.create_agent_runtime(**new_runtime(networkConfiguration=PUBLIC))["agentRuntimeArn"]
    denial = policy("Deny", f"{INVOKE}*", Principal="*", Resource=arn)
    owner.put_resource_policy(resourceArn=arn, policy=denial)

    assert said(client, arn)["agentRuntimeArn"] == arn
