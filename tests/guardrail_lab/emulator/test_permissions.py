import json

import pytest
from botocore.exceptions import ClientError

from tests.guardrail_lab.arrange import GROUP, PUBLIC, ROLE, SUBNET, VPC, new_runtime, watch_events

NETWORK_ACTIONS = ["bedrock-agentcore:CreateAgentRuntime", "bedrock-agentcore:UpdateAgentRuntime"]
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def deny(condition):
    return {"Effect": "Deny", "Action": NETWORK_ACTIONS, "Resource": "*", "Condition": condition}


LANDING_ZONE = [
    deny({"Null": {"bedrock-agentcore:subnets": "true"}}),
    deny({"Null": {"bedrock-agentcore:securityGroups": "true"}}),
    deny({"ForAnyValue:StringNotEquals": {"bedrock-agentcore:subnets": [SUBNET]}}),
    deny({"ForAnyValue:StringNotEquals": {"bedrock-agentcore:securityGroups": [GROUP]}}),
]


def developer(cloud, account, statements):
    """Return AgentCore as a user with this policy sees it."""
    iam = cloud.client("iam", account=account)
    iam.create_user(UserName="ada")
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_user_policy(UserName="ada", PolicyName="given", PolicyDocument=document)
    keys = iam.create_access_key(UserName="ada")["AccessKey"]
    return cloud.client("bedrock-agentcore-control", account=account, keys=keys)


def vpc(subnets=(SUBNET,), groups=(GROUP,)):
    return {"networkMode": "VPC", "networkModeConfig": {"subnets": list(subnets), "securityGroups": list(groups)}}


@pytest.mark.parametrize(
    "network",
    [
        pytest.param(PUBLIC, id="public"),
        pytest.param(vpc(subnets=["subnet-0a1b2c3d4e5f69999"]), id="foreign subnet"),
        pytest.param(vpc(subnets=[SUBNET, "subnet-0a1b2c3d4e5f69999"]), id="foreign subnet among approved"),
        pytest.param(vpc(groups=["sg-0a1b2c3d4e5f69999"]), id="foreign security group"),
    ],
)
def test_the_network_keys_of_the_request_decide(guarded_cloud, account, network):
    agentcore = developer(guarded_cloud, account, [EVERYTHING, *LANDING_ZONE])

    with pytest.raises(agentcore.exceptions.AccessDeniedException, match="explicit deny"):
        agentcore.create_agent_runtime(**new_runtime(networkConfiguration=network))


def test_a_request_inside_the_landing_zone_passes(guarded_cloud, account):
    agentcore = developer(guarded_cloud, account, [EVERYTHING, *LANDING_ZONE])

    assert agentcore.create_agent_runtime(**new_runtime(networkConfiguration=VPC))["agentRuntimeVersion"] == "1"


def test_what_no_policy_allows_is_denied(guarded_cloud, account):
    reader = {"Effect": "Allow", "Action": "bedrock-agentcore:ListAgentRuntimes", "Resource": "*"}
    agentcore = developer(guarded_cloud, account, [reader])

    assert agentcore.list_agent_runtimes()["agentRuntimes"] == []
    with pytest.raises(agentcore.exceptions.AccessDeniedException, match="no identity-based policy allows"):
        agentcore.get_agent_runtime(agentRuntimeId="orders-AbCdEfGhIj")


def test_a_permission_can_be_limited_to_one_endpoint(guarded_cloud, account):
    owner = guarded_cloud.client("bedrock-agentcore-control", account=account)
    runtime = {"agentRuntimeId": owner.create_agent_runtime(**new_runtime())["agentRuntimeId"]}
    for name in ("prod", "test"):
        owner.create_agent_runtime_endpoint(**runtime, name=name)
    arn = f"arn:aws:bedrock-agentcore:us-east-1:{account}:runtime/{runtime['agentRuntimeId']}"
    mine = {"Effect": "Allow", "Action": "bedrock-agentcore:*", "Resource": [arn, f"{arn}/runtime-endpoint/test"]}
    agentcore = developer(guarded_cloud, account, [mine])

    agentcore.update_agent_runtime_endpoint(**runtime, endpointName="test", agentRuntimeVersion="1")
    with pytest.raises(agentcore.exceptions.AccessDeniedException, match="runtime-endpoint/prod"):
        agentcore.update_agent_runtime_endpoint(**runtime, endpointName="prod", agentRuntimeVersion="1")


def test_a_denied_call_changes_nothing_and_is_recorded_with_its_caller(guarded_cloud, account):
    events = watch_events(guarded_cloud, account)
    agentcore = developer(guarded_cloud, account, [EVERYTHING, *LANDING_ZONE])

    with pytest.raises(agentcore.exceptions.AccessDeniedException):
        agentcore.create_agent_runtime(**new_runtime(networkConfiguration=PUBLIC))

    [event] = events()
    assert event["errorCode"] == "AccessDenied"
    assert event["userIdentity"]["arn"] == f"arn:aws:iam::{account}:user/ada"
    assert agentcore.list_agent_runtimes()["agentRuntimes"] == []


def test_an_unknown_key_is_no_caller_and_in_nobodys_trail(guarded_cloud):
    events = watch_events(guarded_cloud, guarded_cloud.account)
    stranger = {"AccessKeyId": "AKIASTRANGERSTRANGER", "SecretAccessKey": "x"}
    agentcore = guarded_cloud.client("bedrock-agentcore-control", keys=stranger)

    with pytest.raises(ClientError, match="security token included in the request is invalid"):
        agentcore.create_agent_runtime(**new_runtime())

    assert events() == []


@pytest.mark.parametrize(
    ("call", "resource"),
    [
        (lambda it: it.get_harness(harnessId="helper-AbCdEfGhIj"), "harness/helper-AbCdEfGhIj"),
        (lambda it: it.get_browser(browserId="tool-AbCdEfGhIj"), "browser-custom/tool-AbCdEfGhIj"),
        (
            lambda it: it.get_code_interpreter(codeInterpreterId="tool-AbCdEfGhIj"),
            "code-interpreter-custom/tool-AbCdEfGhIj",
        ),
        (
            lambda it: it.delete_capacity_provider(capacityProviderId="machines-AbCdEfGhIj"),
            "capacity-provider/machines-AbCdEfGhIj",
        ),
    ],
)
def test_a_permission_names_its_resource(guarded_cloud, account, call, resource):
    agentcore = developer(guarded_cloud, account, [{**EVERYTHING, "Action": "s3:*"}])

    arn = f"arn:aws:bedrock-agentcore:us-east-1:{account}:{resource}"
    with pytest.raises(agentcore.exceptions.AccessDeniedException, match=f"on resource: {arn} "):
        call(agentcore)


def test_resource_policies_and_tags_are_permitted_on_their_resource(guarded_cloud, account):
    arn = f"arn:aws:bedrock-agentcore:us-east-1:{account}:runtime/orders-AbCdEfGhIj"
    actions = ["bedrock-agentcore:PutResourcePolicy", "bedrock-agentcore:TagResource"]
    agentcore = developer(guarded_cloud, account, [{"Effect": "Allow", "Action": actions, "Resource": arn}])
    document = json.dumps({"Version": "2012-10-17", "Statement": []})

    for call in (
        lambda resource: agentcore.put_resource_policy(resourceArn=resource, policy=document),
        lambda resource: agentcore.tag_resource(resourceArn=resource, tags={"team": "orders"}),
    ):
        with pytest.raises(agentcore.exceptions.AccessDeniedException):
            call(f"{arn[:-1]}k")
        with pytest.raises(agentcore.exceptions.ResourceNotFoundException):
            call(arn)


@pytest.mark.parametrize(
    ("condition", "passes"),
    [
        pytest.param({"iam:PassedToService": "bedrock-agentcore.amazonaws.com"}, True, id="to agentcore"),
        pytest.param({"iam:PassedToService": "lambda.amazonaws.com"}, False, id="to another service"),
    ],
)
def test_a_role_is_passed_only_by_who_may_pass_it(guarded_cloud, account, condition, passes):
    everything_here = {"Effect": "Allow", "Action": "bedrock-agentcore:*", "Resource": "*"}
    pass_role = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": condition}}
    agentcore = developer(guarded_cloud, account, [everything_here, pass_role])

    if passes:
        assert agentcore.create_agent_runtime(**new_runtime())["agentRuntimeVersion"] == "1"
    else:
        with pytest.raises(agentcore.exceptions.AccessDeniedException, match="iam:PassRole"):
            agentcore.create_agent_runtime(**new_runtime())


def test_a_harness_call_also_needs_the_runtimes_action_on_the_harness(guarded_cloud, account):
    harness_only = {"Effect": "Allow", "Action": ["bedrock-agentcore:*Harness", "iam:PassRole"], "Resource": "*"}
    agentcore = developer(guarded_cloud, account, [harness_only])

    with pytest.raises(agentcore.exceptions.AccessDeniedException, match="CreateAgentRuntime"):
        agentcore.create_harness(harnessName="helper", executionRoleArn=ROLE)


def test_ministack_still_allows_every_control_plane_call(cloud_without, account):
    agentcore = developer(cloud_without("permissions", auth=True), account, LANDING_ZONE)

    assert agentcore.create_agent_runtime(**new_runtime(networkConfiguration=PUBLIC))["agentRuntimeVersion"] == "1"
