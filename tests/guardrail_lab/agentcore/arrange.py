"""What the tests of the control plane ask of it, in few words."""

import json

from botocore.exceptions import ClientError

from tests.guardrail_lab.arrange import PUBLIC, ROLE, VPC, new_runtime, new_version

ACCOUNT, REGION = "111122223333", "us-east-1"
ADA = f"arn:aws:iam::{ACCOUNT}:user/ada"
SETTLED = 100.0
"""Seconds after which nothing is changing any more."""


def made(agentcore, clock, **members):
    """A READY runtime: its id and its ARN."""
    answer = agentcore.create_agent_runtime(**new_runtime(**{"networkConfiguration": PUBLIC, **members}))
    clock.advance(SETTLED)
    return answer["agentRuntimeId"], answer["agentRuntimeArn"]


def updated(agentcore, clock, runtime_id, **members):
    """One more version, READY and served by DEFAULT."""
    agentcore.update_agent_runtime(**new_version(runtime_id, **members))
    clock.advance(SETTLED)


def endpoints(agentcore, runtime_id):
    """Name -> live version, target version, status."""
    found = agentcore.list_agent_runtime_endpoints(agentRuntimeId=runtime_id)["runtimeEndpoints"]
    return {each["name"]: (each.get("liveVersion"), each["targetVersion"], each["status"]) for each in found}


def refusal(call, **parameters):
    """The code that the service refuses a call with; it does refuse it."""
    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "not refused"


def statement(effect="Deny", **members):
    """A statement about every invocation of the resource that it is attached to."""
    return {
        "Effect": effect,
        "Principal": "*",
        "Action": "bedrock-agentcore:InvokeAgentRuntime*",
        "Resource": "*",
    } | members


def policy(*statements):
    """A policy's text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements) or [statement()]})


def new_capacity_provider(name):
    """The parameters of CreateCapacityProvider."""
    machines = {"operatingSystem": "LINUX_ARM64", "instanceRequirements": {"allowedInstanceTypes": ["m7g.large"]}}
    compute = {"launchTemplateSource": {"launchParameters": machines}, "vpcConfiguration": VPC["networkModeConfig"]}
    return {
        "name": name,
        "permissionsConfiguration": {"capacityProviderOperatorRoleArn": ROLE},
        "computeConfiguration": {"ec2Configuration": compute},
    }
