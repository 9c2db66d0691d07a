"""What the response's role may do, by mode: as much as it needs, bounded by what IAM can bound it with."""

import json

import pytest
from aws_cdk import App, aws_lambda
from aws_cdk.assertions import Template

from guardrail.core.runtimes.response import ResponseMode
from guardrail_lab.process import ROOT
from stacks.guardrail import GuardrailStack
from stacks.settings import guardrail_props
from tests.builders import ACCOUNT, REGION, zone_document

OBSERVE = {"GetAgentRuntime", "ListAgentRuntimeEndpoints", "GetBrowser", "GetCodeInterpreter"}
QUARANTINE = OBSERVE | {
    "GetResourcePolicy",
    "ListTagsForResource",
    "ListHarnesses",
    "GetHarness",
    "PutResourcePolicy",
    "DeleteResourcePolicy",
}
REPAIR = QUARANTINE | {"UpdateAgentRuntime", "GetAgentRuntimeEndpoint", "UpdateAgentRuntimeEndpoint"}
CHANGES = ("Put", "Update", "Delete", "Create")


def stack(mode):
    context = {
        "landing_zones": [zone_document()],
        "response_mode": mode,
        "response": {"pass_role_path": "/agents/"},
    }
    [props] = guardrail_props(context.get)
    code = aws_lambda.Code.from_asset(str(ROOT / "events"))
    return Template.from_stack(GuardrailStack(App(), "Guardrail", props=props, code=code)).to_json()["Resources"]


@pytest.fixture(scope="module")
def stacks():
    return {mode: stack(mode) for mode in ResponseMode}


def statements(resources, kind, name):
    return [
        statement
        for logical_id, each in resources.items()
        if each["Type"] == kind and name in logical_id
        for statement in each["Properties"]["PolicyDocument"]["Statement"]
    ]


def verify(resources):
    return statements(resources, "AWS::IAM::Policy", "VerifyRuntime")


def listed(value):
    return [value] if isinstance(value, str) else value


def actions(found, service):
    allowed = [each for statement in found if statement["Effect"] == "Allow" for each in listed(statement["Action"])]
    return {action.partition(":")[2] for action in allowed if action.startswith(f"{service}:")}


@pytest.mark.parametrize(("mode", "needed"), [("OBSERVE", OBSERVE), ("QUARANTINE", QUARANTINE), ("REPAIR", REPAIR)])
def test_a_mode_gives_the_calls_that_it_makes_and_no_other(stacks, mode, needed):
    assert actions(verify(stacks[mode]), "bedrock-agentcore") == needed


@pytest.mark.parametrize("mode", ["OBSERVE", "QUARANTINE"])
def test_no_mode_but_repair_may_pass_a_role(stacks, mode):
    assert actions(verify(stacks[mode]), "iam") == set()


def test_in_observe_not_even_the_boundary_lets_agentcore_be_changed(stacks):
    bounded = actions(statements(stacks["OBSERVE"], "AWS::IAM::ManagedPolicy", "VerifyRuntime"), "bedrock-agentcore")

    assert bounded == OBSERVE
    assert not [action for action in bounded if action.startswith(CHANGES)]


@pytest.mark.parametrize("kind", ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"])
def test_roles_are_passed_to_agentcore_only_and_below_the_path_only(stacks, kind):
    found = {
        each["Action"]: each
        for each in statements(stacks["REPAIR"], kind, "VerifyRuntime")
        if isinstance(each["Action"], str)
    }
    passed, linked = found["iam:PassRole"], found["iam:CreateServiceLinkedRole"]

    assert passed["Condition"] == {"StringEquals": {"iam:PassedToService": "bedrock-agentcore.amazonaws.com"}}
    assert json.dumps(passed["Resource"]).endswith(f':iam::{ACCOUNT}:role/agents/*"]]}}')
    assert linked["Condition"] == {"StringEquals": {"iam:AWSServiceName": "network.bedrock-agentcore.amazonaws.com"}}
    assert "*" not in json.dumps(linked["Resource"])


def test_changes_are_allowed_on_runtimes_of_this_account_and_region_only(stacks):
    for statement in verify(stacks["REPAIR"]):
        if any(action.partition(":")[2].startswith(CHANGES) for action in listed(statement["Action"])):
            service = listed(statement["Action"])[0].partition(":")[0]
            if service == "bedrock-agentcore":
                assert json.dumps(statement["Resource"]).endswith(
                    f':bedrock-agentcore:{REGION}:{ACCOUNT}:runtime/*"]]}}'
                )
