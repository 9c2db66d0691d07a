"""The synthesised templates of the deny; what it does when it is attached is in tests/end_to_end/test_prevention.py."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from aws_cdk import App, Validations
from aws_cdk.assertions import Template
from cdk_nag import AwsSolutionsChecks

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.deny_policy import PolicyForm, render_deny
from guardrail_lab.deployment import LAB_ZONE
from guardrail_lab.prevention import GUARDED_ROLE
from stacks.prevention import PreventionProps, PreventionStack, ServiceControlStack
from tests.assembly import MANAGEMENT_ACCOUNT, ORGANIZATION, PREVENTION, assembly, resources, template
from tests.deny_lattice import ACCOUNT, ZONES


def props(zones=ZONES, **changes):
    decided = {
        "zones": zones,
        "region": "us-east-1",
        "roles": ("Developer",),
        "path": None,
        "cdk_regions": ("us-east-1", "eu-west-1"),
        "cdk_qualifier": "hnb659fds",
        "side_doors": None,
        "gateway_targets": False,
    }
    return PreventionProps(**{**decided, **changes})


def policies(**changes):
    stack = PreventionStack(App(), "Prevention", props=props(**changes))
    found = Template.from_stack(stack).find_resources("AWS::IAM::ManagedPolicy")
    return [found[name] for name in sorted(found)]


def test_the_deny_is_a_managed_policy_exactly_as_rendered():
    [policy] = resources("AWS::IAM::ManagedPolicy", PREVENTION).values()

    assert policy["Properties"]["PolicyDocument"] == render_deny([LAB_ZONE], PolicyForm.MANAGED_POLICY)[0]
    assert policy["Properties"]["ManagedPolicyName"] == "AgentCoreLandingZone-1"
    assert list(template(PREVENTION)["Outputs"]) == ["PolicyArns"]


def test_it_is_attached_to_the_named_roles_and_to_cdks_own_execution_roles():
    [policy] = policies()
    *named, east, west = policy["Properties"]["Roles"]

    assert named == ["Developer"]
    for role, zone in ((east, ZONES[0]), (west, ZONES[1])):
        assert role == {
            "Fn::Join": ["", ["cdk-hnb659fds-cfn-exec-role-", {"Ref": "AWS::AccountId"}, f"-{zone.region}"]]
        }
    [deployed] = resources("AWS::IAM::ManagedPolicy", PREVENTION).values()
    assert deployed["Properties"]["Roles"][0] == GUARDED_ROLE


def test_without_cdks_roles_and_without_names_it_is_made_and_attached_to_nobody():
    [policy] = policies(roles=(), cdk_regions=())

    assert "Roles" not in policy["Properties"]


def below(path):
    stack = PreventionStack(App(), "Prevention", props=props(path=path))
    return Template.from_stack(stack)


def test_roles_below_a_path_are_bound_every_hour_by_a_role_that_can_do_nothing_else():
    found = below("/developers/")
    [schedule] = found.find_resources("AWS::Scheduler::Schedule").values()
    [attaching] = [
        statement
        for policy in found.find_resources("AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if "iam:AttachRolePolicy" in statement["Action"]
    ]

    assert schedule["Properties"]["ScheduleExpression"] == "rate(1 hour)"
    assert attaching["Action"] == "iam:AttachRolePolicy"
    assert attaching["Resource"]["Fn::Join"][1][-1] == ":role/developers/*"
    [policy] = found.find_resources("AWS::IAM::ManagedPolicy")
    assert attaching["Condition"] == {"ArnEquals": {"iam:PolicyARN": [{"Ref": policy}]}}


def test_every_page_of_roles_is_attached_to_and_each_gets_every_policy():
    many = tuple(f"subnet-{number:017x}" for number in range(100))
    zones = tuple(replace(zone, subnets=many) for zone in ZONES)
    stack = PreventionStack(App(), "Prevention", props=props(zones=zones, path="/developers/"))
    [machine] = Template.from_stack(stack).find_resources("AWS::StepFunctions::StateMachine").values()
    text = machine["Properties"]["DefinitionString"]["Fn::Join"][1]
    definition = json.loads("".join(part if isinstance(part, str) else part["Ref"] for part in text))
    states = definition["States"]

    assert states["AreThereMore"]["Choices"][0]["Next"] == "ListMoreRoles"
    assert states["ListMoreRoles"]["Parameters"] == {"PathPrefix": "/developers/", "Marker.$": "$.Marker"}
    assert states["ListMoreRoles"]["Next"] == states["IsThereARole"]["Choices"][0]["Next"] == "EachRole"
    steps = states["EachRole"]["ItemProcessor"]["States"]
    assert [steps[name]["Next"] for name in ("Attach1", "Attach2")] == ["Attach2", "LeaveIt"]
    assert {steps[name]["Parameters"]["PolicyArn"][:13] for name in ("Attach1", "Attach2")} == {
        "DenyDocument1",
        "DenyDocument2",
    }


def test_several_documents_become_several_policies_the_later_ones_made_first():
    many = tuple(f"subnet-{number:017x}" for number in range(100))
    zones = [replace(zone, subnets=many) for zone in ZONES]

    first, second = policies(zones=tuple(zones))

    assert [each["Properties"]["PolicyDocument"] for each in (first, second)] == list(
        render_deny(zones, PolicyForm.MANAGED_POLICY)
    )
    assert first["Properties"]["Roles"] == second["Properties"]["Roles"]
    assert first["DependsOn"][0].startswith("DenyDocument2")
    assert "DependsOn" not in second


def test_the_template_works_in_a_stackset():
    """It names no account, needs no asset and no bootstrap, and changes nothing but IAM."""
    text = json.dumps(template(PREVENTION))

    assert LAB_ZONE.account not in text
    assert {"Parameters", "Rules"}.isdisjoint(template(PREVENTION))
    assert {each["Type"] for each in template(PREVENTION)["Resources"].values()} == {"AWS::IAM::ManagedPolicy"}


def test_service_control_policies_are_attached_to_their_account_in_the_management_account():
    [policy] = resources("AWS::Organizations::Policy", ORGANIZATION).values()
    manifest = json.loads((assembly() / "manifest.json").read_text())

    assert policy["Properties"]["Content"] == render_deny([LAB_ZONE], PolicyForm.SCP)[0]
    assert policy["Properties"]["TargetIds"] == [LAB_ZONE.account]
    assert policy["Properties"]["Type"] == "SERVICE_CONTROL_POLICY"
    assert manifest["artifacts"][ORGANIZATION]["environment"] == f"aws://{MANAGEMENT_ACCOUNT}/{LAB_ZONE.region}"


def test_organizations_is_changed_one_policy_at_a_time():
    accounts = [
        props(),
        props(zones=tuple(type(z)("444455556666", z.region, z.subnets, z.security_groups) for z in ZONES)),
    ]
    stack = ServiceControlStack(App(), "Organization", management_account=MANAGEMENT_ACCOUNT, accounts=accounts)
    found = Template.from_stack(stack).find_resources("AWS::Organizations::Policy")
    by_account = {each["Properties"]["TargetIds"][0]: (name, each) for name, each in found.items()}

    assert by_account["444455556666"][1]["DependsOn"] == [by_account[ACCOUNT][0]]


def test_zones_that_cannot_be_rendered_stop_the_synthesis():
    with pytest.raises(InvalidInput, match="one zone per Region"):
        policies(zones=(ZONES[0], ZONES[0]))


def test_cdk_nag_is_clean_without_an_exception():
    [report] = json.loads((assembly() / "validation-report.json").read_text())["pluginReports"]
    excepted = [
        each["constructPath"] for found in report["suppressedViolations"] for each in found["violatingConstructs"]
    ]

    assert (report["conclusion"], report["violations"]) == ("success", [])
    assert not [path for path in excepted if path.startswith("AgentCorePrevention")]


def test_cdk_nag_accepts_the_two_wildcards_that_a_path_needs(tmp_path):
    app = App(outdir=str(tmp_path))
    PreventionStack(app, "Prevention", props=props(path="/developers/"))
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()
    [report] = json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"]

    assert (report["conclusion"], report["violations"]) == ("success", [])
    assert [each["ruleName"].split("[")[0] for each in report["suppressedViolations"]] == ["AwsSolutions-IAM5"] * 2
    assert all(len(each["reason"]) > 20 for each in report["suppressedViolations"])


@pytest.mark.parametrize("stack", [PREVENTION, ORGANIZATION])
def test_cfn_lint_finds_nothing(stack, tmp_path):
    """W3005 is CDK's habit of writing out a dependency that a reference implies."""
    command = [Path(sys.executable).parent / "cfn-lint", "--ignore-checks", "W3005", "--"]

    done = subprocess.run(
        [*command, assembly() / f"{stack}.template.json"], capture_output=True, text=True, cwd=tmp_path, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
