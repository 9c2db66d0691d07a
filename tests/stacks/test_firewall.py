"""The firewall stack as it is synthesised."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from guardrail.core.evidence import digest
from guardrail.core.firewall.bound_json import parse_bound
from guardrail.core.firewall.pack import Mode
from guardrail.gateways.controller_lease import SECONDS
from guardrail.settings.firewall import ReconcileSettings
from tests.firewall_assembly import (
    ALERTS_KEY,
    CONTROLLER,
    KEY,
    SECRET,
    VARIANTS,
    firewall_assembly,
    firewall_template,
    stack_of,
)


def resources(resource_type, variant="least"):
    found = firewall_template(variant)["Resources"]
    return {name: each for name, each in found.items() if each["Type"] == resource_type}


def only(resource_type, part="", variant="least"):
    [found] = [each["Properties"] for name, each in resources(resource_type, variant).items() if part in name]
    return found


def properties(resource_type, variant="least"):
    return [each["Properties"] for each in resources(resource_type, variant).values()]


def function(variant="least"):
    return only("AWS::Lambda::Function", "ReconcilePack", variant)


def statements(variant="least", part="ReconcilePackRole"):
    return only("AWS::IAM::Policy", part, variant)["PolicyDocument"]["Statement"]


def actions(found):
    return {
        action
        for statement in found
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }


def test_the_function_may_do_its_work_and_nothing_else():
    assert actions(statements()) == {
        "s3:GetObject",
        "s3:PutObject",
        "secretsmanager:GetSecretValue",
        "dynamodb:GetItem",
        "dynamodb:UpdateItem",
        "dynamodb:Query",
        "events:PutEvents",
        "sns:Publish",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }


def test_it_reads_one_secret_and_one_file():
    by_action = {each["Action"]: each["Resource"] for each in statements() if isinstance(each["Action"], str)}

    assert by_action["secretsmanager:GetSecretValue"] == SECRET
    variables = function()["Environment"]["Variables"]
    separator, [bucket, key] = by_action["s3:GetObject"]["Fn::Join"]
    assert (separator, key) == ("/", variables["PACK_KEY"])
    assert "*" not in json.dumps(bucket)


def test_the_file_holds_the_bound_pack_and_the_environment_its_digest():
    variables = function()["Environment"]["Variables"]
    document = json.loads((firewall_assembly() / f"asset.{variables['PACK_KEY']}").read_text())

    bound = parse_bound(document["pack"])

    assert digest(document) == variables["PACK_DIGEST"]
    assert (bound.prefix, bound.mode, bound.manage_default_action) == ("agentcore-lab", Mode.DISCOVER, False)
    assert document["ca_certificate"] == ""


def test_what_the_stack_says_the_function_understands():
    variables = {
        name: value if isinstance(value, str) else "made-by-cloudformation"
        for name, value in function()["Environment"]["Variables"].items()
    }

    settings = ReconcileSettings.from_env(variables)

    assert (settings.controller, settings.controller_secret) == (CONTROLLER, SECRET)
    assert (settings.heal, settings.accept_controller_wide, settings.change_window) == (False, False, None)
    assert sum(len(name) + len(value) for name, value in variables.items()) < 2_000


def test_a_deploy_waits_for_the_function_and_changes_with_the_pack():
    [custom] = resources("Custom::FirewallReconciled").values()
    properties = custom["Properties"]

    assert properties["Pack"] == function()["Environment"]["Variables"]["PACK_DIGEST"]
    assert properties["Controller"] == CONTROLLER
    assert int(properties["ServiceTimeout"]) > function()["Timeout"]
    assert any("ReconcilePackRoleDefaultPolicy" in name for name in custom["DependsOn"])


def test_the_lease_outlives_the_function():
    assert function()["Timeout"] < SECONDS


def test_the_schedule_asks_to_compare_and_begins_after_the_first_deploy():
    [schedule] = [each for name, each in resources("AWS::Scheduler::Schedule").items() if "CompareSchedule" in name]
    target = schedule["Properties"]["Target"]

    assert schedule["Properties"]["ScheduleExpression"] == "rate(15 minutes)"
    assert (json.loads(target["Input"]), target["RetryPolicy"]["MaximumRetryAttempts"]) == ({"command": "keep"}, 0)
    assert any("Reconciled" in name for name in schedule["DependsOn"])
    assert only("AWS::Lambda::EventInvokeConfig")["MaximumRetryAttempts"] == 0


def test_people_are_woken_after_three_failures_and_when_it_is_silent():
    alarms = {name: each["Properties"] for name, each in resources("AWS::CloudWatch::Alarm").items()}
    [errors] = [each for name, each in alarms.items() if "ReconcileErrors" in name]
    [silence] = [each for name, each in alarms.items() if "NoReconcile" in name]

    assert (errors["Period"], errors["Threshold"], errors["Statistic"]) == (3 * 15 * 60, 2, "Sum")
    assert errors["ComparisonOperator"] == "GreaterThanThreshold"
    assert (silence["Period"], silence["TreatMissingData"]) == (2 * 15 * 60, "breaching")
    assert all(alarm["AlarmActions"] and alarm["OKActions"] for alarm in alarms.values())


def test_record_switches_and_evidence_outlive_the_stack():
    kept = [*resources("AWS::DynamoDB::Table").values(), *resources("AWS::S3::Bucket").values()]

    assert len(kept) == 3
    assert {each["DeletionPolicy"] for each in kept} == {"Retain"}
    assert only("AWS::S3::Bucket")["ObjectLockEnabled"] is True


def test_a_key_of_the_customers_may_be_used_to_decrypt_and_for_nothing_else():
    added = actions(statements("everything")) - actions(statements())
    keys = [each for each in statements("everything") if "kms:" in json.dumps(each["Action"])]

    assert {action for action in added if not action.startswith("ec2:")} == {"kms:Decrypt", "kms:GenerateDataKey"}
    assert [(each["Action"], each["Resource"]) for each in keys] == [
        ("kms:Decrypt", KEY),
        (["kms:Decrypt", "kms:GenerateDataKey"], ALERTS_KEY),
    ]


def test_in_a_vpc_the_function_has_its_place_and_its_role_what_lambda_asks_for_before_it_is_made():
    [found] = [each for name, each in resources("AWS::Lambda::Function", "everything").items() if "Reconcile" in name]

    assert found["Properties"]["VpcConfig"] == {"SecurityGroupIds": ["sg-0a1b2c3d"], "SubnetIds": ["subnet-0a1b2c3d"]}
    assert any("RoleDefaultPolicy" in name for name in found["DependsOn"])
    assert "ec2:CreateNetworkInterface" in actions(statements("everything"))
    assert len([each for each in properties("AWS::Lambda::Function", "everything") if "VpcConfig" in each]) == 2
    assert "VpcConfig" not in function()


def test_what_was_decided_reaches_the_function():
    variables = {
        name: value if isinstance(value, str) else "made-by-cloudformation"
        for name, value in function("everything")["Environment"]["Variables"].items()
    }

    settings = ReconcileSettings.from_env(variables)

    assert (settings.heal, settings.accept_controller_wide) == (True, True)
    assert settings.change_window is not None
    assert settings.change_window.opens.hour == 22


@pytest.mark.parametrize(
    ("variant", "expected"),
    [("least", [*["IAM5"] * 4, "L1", "S1"]), ("everything", [*["IAM5"] * 6, "L1", "S1"])],
)
def test_cdk_nag_is_clean_and_each_of_the_few_exceptions_has_a_reason(variant, expected):
    [report] = json.loads((firewall_assembly(variant) / "validation-report.json").read_text())["pluginReports"]
    exceptions = [
        each["ruleName"].split("[")[0].removeprefix("AwsSolutions-")
        for each in report["suppressedViolations"]
        for construct in each["violatingConstructs"]
        if construct["constructPath"].startswith("AgentCoreFirewall") and "/BackOut/" not in construct["constructPath"]
    ]

    assert (report["pluginName"], report["conclusion"], report["violations"]) == ("AwsSolutions", "success", [])
    assert all(len(each["reason"]) > 20 for each in report["suppressedViolations"])
    assert sorted(exceptions) == expected


@pytest.mark.parametrize("variant", VARIANTS)
def test_cfn_lint_finds_nothing(variant, tmp_path):
    """W3005 is CDK's habit of writing out a dependency that a reference implies."""
    command = [Path(sys.executable).parent / "cfn-lint", "--ignore-checks", "W3005", "--"]
    template = firewall_assembly(variant) / f"{stack_of(variant)}.template.json"

    done = subprocess.run([*command, template], capture_output=True, text=True, cwd=tmp_path, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_outputs_name_what_operators_need():
    assert set(firewall_template()["Outputs"]) == {
        "ReconcileFunction",
        "ReconcileLogGroup",
        "EvidenceBucket",
        "FindingsBus",
        "AlertsTopic",
        "StateTable",
        "SwitchesTable",
        "BackOutFunction",
        "BackOutScopes",
        "BackOutLogGroup",
        "BackOutDeadLetterQueueUrl",
        "BackOutOperatorsPolicy",
    }
    assert firewall_template()["Outputs"]["BackOutScopes"]["Value"] == "insertion,policy"
