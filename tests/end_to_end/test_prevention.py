"""The deny as it is deployed, on a cloud that evaluates IAM: who is bound by it, through AgentCore's real API."""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template
from botocore.exceptions import ClientError, WaiterError

from guardrail.core.runtimes.deny_policy import PolicyForm, render_deny
from guardrail.core.runtimes.deny_side_doors import ROLE_PATH, our_side_doors
from guardrail_lab.cloud import LocalCloud
from guardrail_lab.deployment import LAB_ZONE, Deployment
from guardrail_lab.developer import Developer
from guardrail_lab.isolation import sealed_client
from guardrail_lab.prevention import GUARDED_ROLE, Prevention, explicit_denial, role_keys
from guardrail_lab.process import LabError
from stacks.prevention import PreventionStack
from stacks.prevention_settings import prevention
from tests.assembly import PREVENTION, assembly, template
from tests.guardrail_lab.arrange import new_runtime, new_version, policy
from tests.patience import STACK_WAITER, eventually

EXECUTION_ROLE = f"cdk-hnb659fds-cfn-exec-role-{LAB_ZONE.account}-{LAB_ZONE.region}"
FOREIGN_SUBNET, FOREIGN_GROUP = "subnet-0f0f0f0f0f0f0f0f0", "sg-0f0f0f0f0f0f0f0f0"
_NAMES = count(1)


def deploy_prevention(cloud: LocalCloud) -> None:
    """Without the CDK CLI, over the CloudFormation API; it needs neither assets nor a bootstrap."""
    create_stack(cloud, template(PREVENTION))


def create_stack(cloud: LocalCloud, body: dict[str, Any]) -> None:
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(
        StackName=PREVENTION, TemplateBody=json.dumps(body), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName=PREVENTION, WaiterConfig=STACK_WAITER)


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud(auth=True, settle_seconds=0) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def keys(cloud) -> dict[str, dict[str, str]]:
    """The keys of three roles that may do everything; the deny binds the first two."""
    found = {role: role_keys(cloud, role) for role in (GUARDED_ROLE, EXECUTION_ROLE, "Unguarded")}
    deploy_prevention(cloud)
    return found


@pytest.fixture
def name() -> str:
    return f"agent_{next(_NAMES)}"


def vpc(subnets=LAB_ZONE.subnets, groups=LAB_ZONE.security_groups):
    return {"networkMode": "VPC", "networkModeConfig": {"subnets": list(subnets), "securityGroups": list(groups)}}


OUTSIDE = [
    pytest.param({"networkMode": "PUBLIC"}, id="public"),
    pytest.param(None, id="no network"),
    pytest.param(vpc(subnets=[FOREIGN_SUBNET]), id="a foreign subnet"),
    pytest.param(vpc(subnets=[*LAB_ZONE.subnets, FOREIGN_SUBNET]), id="a foreign subnet among approved ones"),
    pytest.param(vpc(groups=[FOREIGN_GROUP]), id="a foreign security group"),
    pytest.param(vpc(groups=[*LAB_ZONE.security_groups, FOREIGN_GROUP]), id="a foreign security group among approved"),
]


def placed(network):
    return {} if network is None else {"networkConfiguration": network}


@pytest.mark.parametrize("role", [GUARDED_ROLE, EXECUTION_ROLE])
@pytest.mark.parametrize("network", OUTSIDE)
def test_a_bound_role_creates_nothing_outside_the_landing_zone(cloud, keys, role, network, name):
    agentcore = cloud.client("bedrock-agentcore-control", keys=keys[role])

    explicit_denial(lambda: agentcore.create_agent_runtime(**new_runtime(agentRuntimeName=name, **placed(network))))

    assert name not in str(agentcore.list_agent_runtimes())


@pytest.mark.parametrize("network", OUTSIDE)
def test_a_bound_role_moves_nothing_out_of_the_landing_zone(cloud, keys, network, name):
    agentcore = cloud.client("bedrock-agentcore-control", keys=keys[GUARDED_ROLE])
    runtime_id = Developer(cloud, LAB_ZONE, keys[GUARDED_ROLE]).create_in_vpc(name)

    explicit_denial(lambda: agentcore.update_agent_runtime(**new_version(runtime_id, **placed(network))))

    assert agentcore.get_agent_runtime(agentRuntimeId=runtime_id)["agentRuntimeVersion"] == "1"


@pytest.mark.parametrize("role", [GUARDED_ROLE, EXECUTION_ROLE])
def test_inside_the_landing_zone_a_bound_role_may_do_everything(cloud, keys, role, name):
    developer = Developer(cloud, LAB_ZONE, keys[role])
    runtime_id = developer.create_in_vpc(name)
    developer.move_into_vpc(runtime_id)
    developer.pin(runtime_id, "prod", "1")

    agentcore = cloud.client("bedrock-agentcore-control", keys=keys[role])
    one_subnet = agentcore.update_agent_runtime(
        **new_version(runtime_id, networkConfiguration=vpc(LAB_ZONE.subnets[:1]))
    )

    assert one_subnet["agentRuntimeVersion"] == "3"


def test_in_a_region_without_a_landing_zone_nothing_can_be_placed(cloud, keys, name):
    agentcore = sealed_client("bedrock-agentcore-control", cloud.endpoint_url, "eu-west-1", keys[GUARDED_ROLE])

    explicit_denial(
        lambda: agentcore.create_agent_runtime(**new_runtime(agentRuntimeName=name, networkConfiguration=vpc()))
    )


def test_a_role_that_is_not_bound_can_still_create_a_public_runtime(cloud, keys, name):
    """So it is the deny that stops the others; detection is there for those whom it does not bind."""
    assert Developer(cloud, LAB_ZONE, keys["Unguarded"]).create_public(name)


def test_an_endpoint_can_still_be_moved_to_an_old_public_version_which_only_detection_sees(cloud, keys, name):
    runtime_id = Developer(cloud, LAB_ZONE, keys["Unguarded"]).create_public(name)
    developer = Developer(cloud, LAB_ZONE, keys[GUARDED_ROLE])

    developer.move_into_vpc(runtime_id)
    developer.pin(runtime_id, "prod", "1")


def test_a_boundary_decides_the_same(cloud, name):
    bounded = role_keys(cloud, "Bounded")
    boundary = make_policy(cloud, "Boundary", render_deny([LAB_ZONE], PolicyForm.BOUNDARY))
    cloud.client("iam").put_role_permissions_boundary(RoleName="Bounded", PermissionsBoundary=boundary)
    developer = Developer(cloud, LAB_ZONE, bounded)

    explicit_denial(lambda: developer.create_public(name))
    assert developer.create_in_vpc(name)


def test_side_doors_open_for_the_guardrail_and_for_nobody_else(cloud, name):
    """Quarantine cannot be lifted by whom it is meant for, nor an endpoint be moved back to an old version."""
    doors = our_side_doors(LAB_ZONE.account)
    rendered = render_deny([LAB_ZONE], PolicyForm.MANAGED_POLICY, side_doors=doors)
    closed = make_policy(cloud, "SideDoors", rendered)
    roles = ("Victim", "AgentCoreGuardrail-us-eas-VerifyRuntimeRole14DF20A6-x7Qd2LkPz0aB")
    keys = [role_keys(cloud, role, path=path) for role, path in zip(roles, ("/", ROLE_PATH), strict=True)]
    victim, guardrail = (cloud.client("bedrock-agentcore-control", keys=each) for each in keys)
    for role in roles:
        cloud.client("iam").attach_role_policy(RoleName=role, PolicyArn=closed)
    runtime_id = Developer(cloud, LAB_ZONE).create_in_vpc(name)
    endpoint = {"agentRuntimeId": runtime_id, "endpointName": "prod", "agentRuntimeVersion": "1"}
    arn = guardrail.get_agent_runtime(agentRuntimeId=runtime_id)["agentRuntimeArn"]
    nobody_invokes = policy("Deny", "bedrock-agentcore:InvokeAgentRuntime*", Principal="*", Resource=arn)
    quarantine = {"resourceArn": arn, "policy": nobody_invokes}

    explicit_denial(lambda: victim.create_agent_runtime_endpoint(agentRuntimeId=runtime_id, name="prod"))
    guardrail.create_agent_runtime_endpoint(agentRuntimeId=runtime_id, name="prod")
    explicit_denial(lambda: victim.update_agent_runtime_endpoint(**endpoint))
    guardrail.update_agent_runtime_endpoint(**endpoint)
    guardrail.put_resource_policy(**quarantine)
    explicit_denial(lambda: victim.delete_resource_policy(resourceArn=arn))
    explicit_denial(lambda: victim.put_resource_policy(**quarantine))
    guardrail.delete_resource_policy(resourceArn=arn)


def test_every_role_below_a_path_is_bound_also_one_that_appears_later(tmp_path):
    """The state machine runs every hour; here it is started by hand."""
    stack = PreventionStack(App(outdir=str(tmp_path)), PREVENTION, props=below("/developers/"))
    with LocalCloud() as cloud:
        iam = cloud.client("iam")

        def run_and_see(expected):
            states = cloud.client("stepfunctions")
            [machine] = states.list_state_machines()["stateMachines"]
            states.start_execution(stateMachineArn=machine["stateMachineArn"], input="{}")
            eventually(
                lambda: [attached(iam, role) for role in expected] == [["AgentCoreLandingZone-1"]] * len(expected)
            )

        iam.create_role(RoleName="Ada", Path="/developers/", AssumeRolePolicyDocument="{}")
        iam.create_role(RoleName="Eve", AssumeRolePolicyDocument="{}")
        create_stack(cloud, Template.from_stack(stack).to_json())
        run_and_see(["Ada"])
        iam.create_role(RoleName="Bob", Path="/developers/web/", AssumeRolePolicyDocument="{}")
        run_and_see(["Ada", "Bob"])

        assert attached(iam, "Eve") == []


def below(path):
    decided = {"prevention": {"path": path, "cdk_execution_roles": False}}
    [account] = prevention(decided.get, [LAB_ZONE]).accounts
    return account


def attached(iam, role):
    return [each["PolicyName"] for each in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]]


def make_policy(cloud, name, documents):
    [document] = documents
    made = cloud.client("iam").create_policy(PolicyName=name, PolicyDocument=json.dumps(document))
    return made["Policy"]["Arn"]


def test_the_real_cdk_deploys_it_binds_its_own_execution_role_and_takes_it_back(name):
    with LocalCloud(auth=True) as cloud:
        deny = Prevention(cloud, LAB_ZONE, assembly())
        developer = deny.hire()
        Deployment(cloud, LAB_ZONE, assembly()).bootstrap()

        deny.deploy()
        assert "AgentCoreLandingZone-1" in attached(cloud.client("iam"), EXECUTION_ROLE)
        explicit_denial(lambda: developer.create_public(name))
        assert developer.create_in_vpc(name)

        deny.destroy()
        assert developer.create_public(f"{name}_later")


def test_a_role_that_does_not_exist_is_named_and_nothing_is_changed():
    with LocalCloud() as cloud:
        role_keys(cloud, EXECUTION_ROLE)
        with pytest.raises(WaiterError):
            deploy_prevention(cloud)

        events = cloud.client("cloudformation").describe_stack_events(StackName=PREVENTION)["StackEvents"]
        assert f"The role with name {GUARDED_ROLE} cannot be found" in str(events)
        iam = cloud.client("iam")
        assert iam.list_policies(Scope="Local")["Policies"] == []
        assert attached(iam, EXECUTION_ROLE) == []


def test_a_denial_counts_only_when_it_is_explicit(cloud):
    nobody = role_keys(cloud, "Nobody")
    cloud.client("iam").delete_role_policy(RoleName="Nobody", PolicyName="everything")
    agentcore = cloud.client("bedrock-agentcore-control", keys=nobody)

    with pytest.raises(ClientError, match="no identity-based policy allows"):
        agentcore.list_agent_runtimes()
    with pytest.raises(LabError, match="expected an explicit deny, the call was refused with"):
        explicit_denial(agentcore.list_agent_runtimes)
    with pytest.raises(LabError, match="the call succeeded"):
        explicit_denial(lambda: None)
