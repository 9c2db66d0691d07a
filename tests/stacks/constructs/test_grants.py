"""Every statement of every stack, read as somebody would who wants more: wildcards, missing conditions, open doors."""

import json

import pytest

from stacks.constructs.grants import reading_secret
from tests.stacks.templates import TEMPLATES, actions_of, of_type, resources_of

SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:controller-AbCdEf"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d"
IDENTITY = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
RESOURCE = ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::S3::BucketPolicy", "AWS::Events::EventBusPolicy")
NO_RESOURCE_TYPE = {
    "bedrock-agentcore:ListAgentRuntimeEndpoints",
    "bedrock-agentcore:ListAgentRuntimes",
    "bedrock-agentcore:ListBrowsers",
    "bedrock-agentcore:ListCodeInterpreters",
    "bedrock-agentcore:ListHarnesses",
    "ec2:DescribeNatGateways",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "iam:ListRoles",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
"""All that a role of ours may do to every resource, and our code with it."""


def statements(name, kinds):
    return [s for kind in kinds for each in of_type(name, kind).values() for s in each["PolicyDocument"]["Statement"]]


def trusts(name):
    roles = of_type(name, "AWS::IAM::Role").values()
    return [s for role in roles for s in role["AssumeRolePolicyDocument"]["Statement"]]


def allowing(found):
    return [statement for statement in found if statement["Effect"] == "Allow"]


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_what_code_of_ours_may_do_to_every_resource_has_no_resource_type(name):
    for statement in allowing(statements(name, IDENTITY)):
        if "*" in resources_of(statement) and statement.get("Condition") != CALLED_BY_LAMBDA_ITSELF:
            assert set(actions_of(statement)) <= NO_RESOURCE_TYPE


CALLED_BY_LAMBDA_ITSELF = {"Null": {"lambda:SourceFunctionArn": "true"}}


def test_the_network_interfaces_of_a_vpc_are_for_lambda_and_not_for_our_code():
    """Every call that a function's code makes has the key; those with which Lambda makes interfaces have not."""
    found = allowing(statements("firewall, everything", IDENTITY))
    changing = [each for each in found if {"ec2:DeleteNetworkInterface"} & set(actions_of(each))]

    assert len(changing) == 4  # two functions, each with its role's policy and its boundary
    assert all(each["Condition"] == CALLED_BY_LAMBDA_ITSELF for each in changing)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_an_aws_service_is_let_in_for_our_account_or_our_resource_only(name):
    """Lambda alone is let in without: it assumes the role of a function for that function, and nothing else."""
    doors = [*allowing(statements(name, RESOURCE)), *trusts(name)]
    services = [each for each in doors if "Service" in each["Principal"]]

    assert services
    for each in services:
        if each["Principal"] != {"Service": "lambda.amazonaws.com"}:
            assert {"aws:SourceAccount", "aws:SourceArn"} & set().union(*each["Condition"].values())


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_nobody_else_is_let_in_but_whoever_breaks_the_glass_with_a_second_factor(name):
    doors = [*allowing(statements(name, RESOURCE)), *trusts(name)]
    people = [each for each in doors if "Service" not in each["Principal"]]

    assert len(people) == (name == "firewall, everything")
    assert all(each["Condition"] == {"Bool": {"aws:MultiFactorAuthPresent": "true"}} for each in people)


@pytest.mark.parametrize("name", sorted(name for name in TEMPLATES if name != "prevention"))
def test_evidence_is_added_by_the_functions_that_record_and_by_nobody_else(name):
    [policy] = of_type(name, "AWS::S3::BucketPolicy").values()
    [only] = [each for each in policy["PolicyDocument"]["Statement"] if each.get("Sid") == "OnlyOurOwn"]
    recording = {
        role["Ref"]
        for each in of_type(name, "AWS::IAM::Policy").values()
        if any("s3:PutObject" in actions_of(statement) for statement in each["PolicyDocument"]["Statement"])
        for role in each["Roles"]
    }

    assert (only["Effect"], only["Action"], only["Principal"]) == ("Deny", "s3:PutObject", {"AWS": "*"})
    [(operator, keys)] = only["Condition"].items()
    assert operator == "ArnNotEquals"
    assert {each["Fn::GetAtt"][0] for each in keys["aws:PrincipalArn"]} == recording
    assert len(recording) >= 2


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_key_of_the_customers_serves_through_one_service_only(name):
    for statement in allowing(statements(name, IDENTITY)):
        if any(action.startswith("kms:") for action in actions_of(statement)):
            [through] = statement["Condition"]["StringLike"].values()
            assert through in ("secretsmanager.us-east-1.*", "sns.us-east-1.*")
            assert "*" not in json.dumps(statement["Resource"])


def test_the_key_of_a_secret_is_used_in_the_secrets_own_region():
    read, decrypt = reading_secret(SECRET, KEY)

    assert (read.actions, read.resources) == (("secretsmanager:GetSecretValue",), (SECRET,))
    assert (decrypt.actions, decrypt.resources) == (("kms:Decrypt",), (KEY,))
    assert decrypt.conditions == {"StringLike": {"kms:ViaService": "secretsmanager.eu-west-1.*"}}
    assert reading_secret(SECRET, None) == (read,)
