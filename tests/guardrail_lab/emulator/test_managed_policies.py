import json

import pytest
from botocore.exceptions import WaiterError

from tests.guardrail_lab.arrange import policy


def template(*roles):
    document = json.loads(policy("Deny", "bedrock-agentcore:CreateAgentRuntime"))
    properties = {"ManagedPolicyName": "deny", "PolicyDocument": document, "Roles": list(roles)}
    return json.dumps({"Resources": {"Deny": {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}}})


@pytest.fixture
def iam(cloud, account):
    iam = cloud.client("iam", account=account)
    iam.create_role(RoleName="Ada", AssumeRolePolicyDocument="{}")
    return iam


def create(cloud, account, *roles):
    cloudformation = cloud.client("cloudformation", account=account)
    cloudformation.create_stack(StackName="deny", TemplateBody=template(*roles), Capabilities=["CAPABILITY_NAMED_IAM"])
    cloudformation.get_waiter("stack_create_complete").wait(StackName="deny", WaiterConfig={"Delay": 0.2})


def update(cloud, account, *roles):
    cloudformation = cloud.client("cloudformation", account=account)
    cloudformation.update_stack(StackName="deny", TemplateBody=template(*roles), Capabilities=["CAPABILITY_NAMED_IAM"])
    cloudformation.get_waiter("stack_update_complete").wait(StackName="deny", WaiterConfig={"Delay": 0.2})


def reasons(cloud, account):
    events = cloud.client("cloudformation", account=account).describe_stack_events(StackName="deny")["StackEvents"]
    return " ".join(event.get("ResourceStatusReason", "") for event in events)


def attached(iam, role="Ada"):
    return [each["PolicyName"] for each in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]]


def test_a_role_that_does_not_exist_is_named_and_no_policy_is_made(cloud, account, iam):
    with pytest.raises(WaiterError):
        create(cloud, account, "Ada", "Nobody")

    assert "The role with name Nobody cannot be found" in reasons(cloud, account)
    assert attached(iam) == []
    assert iam.list_policies(Scope="Local")["Policies"] == []


def test_an_update_for_a_role_that_does_not_exist_leaves_everything_as_it_was(cloud, account, iam):
    create(cloud, account, "Ada")
    with pytest.raises(WaiterError):
        update(cloud, account, "Nobody")

    assert attached(iam) == ["deny"]


def test_an_update_attaches_and_detaches(cloud, account, iam):
    iam.create_role(RoleName="Bob", AssumeRolePolicyDocument="{}")
    create(cloud, account, "Ada")
    update(cloud, account, "Bob")

    assert (attached(iam), attached(iam, "Bob")) == ([], ["deny"])


def test_ministack_still_passes_over_a_role_that_does_not_exist(cloud_without, account):
    cloud = cloud_without("managed_policies")

    create(cloud, account, "Nobody")

    assert [
        each["PolicyName"] for each in cloud.client("iam", account=account).list_policies(Scope="Local")["Policies"]
    ]
