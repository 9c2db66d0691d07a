"""The synthesised template: also what the local cloud would silently accept or lose."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from guardrail.core.runtimes.deny_side_doors import ROLE_PATH
from guardrail.core.runtimes.tool import ToolKind
from guardrail.flows.runtime_world import LEASE_SECONDS
from guardrail_lab.deployment import LAB_ZONE
from stacks.settings import MAX_ZONE_BYTES
from tests.assembly import STACK, assembly, resources, responding_assembly, template


def properties(resource_type):
    return [each["Properties"] for each in resources(resource_type).values()]


def only(resource_type, part):
    [found] = [each["Properties"] for name, each in resources(resource_type).items() if part in name]
    return found


def actions_of(function):
    policy = only("AWS::IAM::Policy", function)
    return {
        action
        for statement in policy["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
        if statement["Effect"] == "Allow"
    }


def test_each_function_may_do_its_work_and_nothing_else():
    receive = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueUrl"}
    logs = {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert actions_of("VerifyRuntime") == {
        "bedrock-agentcore:ListAgentRuntimeEndpoints",
        "bedrock-agentcore:GetAgentRuntime",
        "bedrock-agentcore:GetBrowser",
        "bedrock-agentcore:GetCodeInterpreter",
        "dynamodb:GetItem",
        "dynamodb:UpdateItem",
        "dynamodb:Query",
        "s3:PutObject",
        "events:PutEvents",
        "sns:Publish",
        "sqs:SendMessage",
        "sqs:GetQueueAttributes",
        *receive,
        *logs,
    }
    assert actions_of("SweepRuntimes") == {
        "bedrock-agentcore:ListAgentRuntimes",
        "bedrock-agentcore:ListBrowsers",
        "bedrock-agentcore:ListCodeInterpreters",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "s3:PutObject",
        "sqs:SendMessage",
        "sqs:GetQueueAttributes",
        *logs,
    }


def test_roles_have_no_managed_policies():
    assert len(properties("AWS::IAM::Role")) == 6  # three functions, two rates, the ends of suspensions
    assert not [role for role in properties("AWS::IAM::Role") if role.get("ManagedPolicyArns")]


def test_our_roles_have_a_path_of_their_own_and_a_boundary():
    [boundary] = [name for name in resources("AWS::IAM::ManagedPolicy") if name.startswith("Boundary")]
    ours = {name: role["Properties"] for name, role in resources("AWS::IAM::Role").items() if "Scheduler" not in name}
    bounded = [role for name, role in ours.items() if name.startswith(("VerifyRuntime", "SweepRuntimes"))]

    assert (len(ours), len(bounded)) == (3, 2)
    assert {role["Path"] for role in ours.values()} == {ROLE_PATH}
    assert [role["PermissionsBoundary"] for role in bounded] == [{"Ref": boundary}] * 2


def test_only_the_function_that_backs_out_may_write_a_switch():
    [switches] = [name for name in resources("AWS::DynamoDB::Table") if name.startswith("Switches")]
    writers = {
        name
        for name, policy in resources("AWS::IAM::Policy").items()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if switches in json.dumps(statement["Resource"]) and {"Put", "Update", "Delete"} & verbs(statement["Action"])
    }

    assert [name.startswith("BackOut") for name in writers] == [True]


def verbs(actions):
    """Of DynamoDB actions, such as Put of dynamodb:PutItem."""
    listed = [actions] if isinstance(actions, str) else actions
    return {action.removeprefix("dynamodb:").removesuffix("Item") for action in listed}


def test_a_message_stays_invisible_six_times_as_long_as_a_function_may_run():
    timeout = only("AWS::Lambda::Function", "VerifyRuntime")["Timeout"]

    assert only("AWS::SQS::Queue", "LooksQueue")["VisibilityTimeout"] >= 6 * timeout


def test_the_lease_outlives_the_function():
    assert only("AWS::Lambda::Function", "VerifyRuntime")["Timeout"] < LEASE_SECONDS


def test_functions_may_feed_their_own_queue_and_run_on_any_processor():
    functions = properties("AWS::Lambda::Function")

    assert {function["RecursiveLoop"] for function in functions} == {"Allow"}
    assert {function["Architectures"][0] for function in functions} == {"arm64"}
    assert {function["Runtime"] for function in functions} == {"python3.13"}
    assert {function["Code"]["S3Key"] for function in functions} == {functions[0]["Code"]["S3Key"]}


def test_failed_messages_come_back_alone_and_then_go_to_the_dead_letters():
    [mapping] = properties("AWS::Lambda::EventSourceMapping")
    queue = only("AWS::SQS::Queue", "LooksQueue")

    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
    assert only("AWS::SQS::Queue", "LooksDeadLetters")["MessageRetentionPeriod"] == 14 * 86_400


def test_queues_are_encrypted_and_take_messages_of_our_rules_and_roles_only():
    rules = list(resources("AWS::Events::Rule"))
    looks = [policy for name, policy in resources("AWS::SQS::QueuePolicy").items() if name.startswith("Looks")]
    assert len(looks) == 2
    for policy in (each["Properties"] for each in looks):
        statements = {
            statement.get("Sid", index): statement
            for index, statement in enumerate(policy["PolicyDocument"]["Statement"])
        }
        allowed = [statement for statement in statements.values() if statement["Effect"] == "Allow"]
        sources = [statement["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::GetAtt"][0] for statement in allowed]
        assert sorted(sources) == sorted(rules)
        assert {statement["Principal"]["Service"] for statement in allowed} == {"events.amazonaws.com"}
        denied = statements["OnlyOurOwn"]
        assert denied["Principal"] == {"AWS": "*"}
        assert denied["Condition"]["BoolIfExists"] == {"aws:PrincipalIsAWSService": "false"}
        roles = {each["Fn::GetAtt"][0] for each in denied["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]}
        assert {name[:13] for name in roles} == {"VerifyRuntime", "SweepRuntimes"}
    assert all(queue["SqsManagedSseEnabled"] for queue in properties("AWS::SQS::Queue"))


def test_one_rule_for_what_happened_and_one_for_what_was_denied():
    patterns = [rule["EventPattern"] for rule in properties("AWS::Events::Rule")]

    assert [pattern["detail"]["errorCode"] for pattern in patterns] == [
        [{"exists": False}],
        ["AccessDenied", "AccessDeniedException"],
    ]
    for pattern in patterns:
        assert pattern["source"] == ["aws.bedrock-agentcore"]
        assert "bedrock-agentcore.amazonaws.com" in pattern["detail"]["eventSource"]
        names = set(pattern["detail"]["eventName"])
        assert {"CreateAgentRuntime", "UpdateAgentRuntimeEndpoint", "CreateHarness", "DeleteHarness"} <= names
        assert {f"{verb}{kind.noun}" for verb in ("Create", "Delete") for kind in ToolKind} <= names
    for rule in properties("AWS::Events::Rule"):
        [target] = rule["Targets"]
        assert "InputTransformer" not in target
        assert "DeadLetterConfig" in target


def test_evidence_is_locked_versioned_written_once_and_kept_when_the_stack_goes():
    [bucket] = resources("AWS::S3::Bucket").values()
    properties_ = bucket["Properties"]
    denied = {
        statement["Sid"]: statement
        for statement in only("AWS::S3::BucketPolicy", "Evidence")["PolicyDocument"]["Statement"]
        if "Sid" in statement
    }

    assert properties_["ObjectLockEnabled"] is True
    assert properties_["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {"Days": 30, "Mode": "GOVERNANCE"}
    assert properties_["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(properties_["PublicAccessBlockConfiguration"].values()) == {True}
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert denied["NobodyOverwrites"]["Condition"] == {"Null": {"s3:if-none-match": "true"}}
    assert "s3:BypassGovernanceRetention" in denied["NobodyShortensRetention"]["Action"]


def test_everything_refuses_plain_http():
    policies = [
        *properties("AWS::SQS::QueuePolicy"),
        *properties("AWS::S3::BucketPolicy"),
        *properties("AWS::SNS::TopicPolicy"),
    ]

    assert len(policies) == 5
    for policy in policies:
        assert '{"Bool": {"aws:SecureTransport": "false"}}' in json.dumps(policy["PolicyDocument"])


def test_the_state_table_cleans_up_and_can_be_restored():
    table = only("AWS::DynamoDB::Table", "State")

    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_alarms_reach_people():
    alarms = properties("AWS::CloudWatch::Alarm")

    assert len(alarms) == 5
    assert all(alarm["AlarmActions"] and alarm["OKActions"] and alarm["AlarmDescription"] for alarm in alarms)
    [topic_policy] = properties("AWS::SNS::TopicPolicy")
    publishers = [
        statement["Principal"]["Service"]
        for statement in topic_policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert publishers == ["cloudwatch.amazonaws.com"]


@pytest.mark.parametrize("function", ["VerifyRuntime", "SweepRuntimes"])
def test_the_environment_fits_into_four_kilobytes_with_room_for_the_largest_zone(function):
    variables = only("AWS::Lambda::Function", function)["Environment"]["Variables"]
    zone = variables.pop("LANDING_ZONE", "")
    # Names that CloudFormation fills in are at most 256 characters.
    rest = sum(len(name) + (len(value) if isinstance(value, str) else 120) for name, value in variables.items())

    assert rest + MAX_ZONE_BYTES <= 4_096
    assert not zone or json.loads(zone) == LAB_ZONE.document()


def test_the_guardrail_starts_by_observing():
    assert only("AWS::Lambda::Function", "VerifyRuntime")["Environment"]["Variables"]["RESPONSE_MODE"] == "OBSERVE"


def test_cdk_nag_is_clean_and_each_of_the_few_exceptions_has_a_reason():
    [report] = json.loads((assembly() / "validation-report.json").read_text())["pluginReports"]
    exceptions = [
        (each["ruleName"].split("[")[0].removeprefix("AwsSolutions-"), construct["constructPath"].split("/")[1])
        for each in report["suppressedViolations"]
        for construct in each["violatingConstructs"]
    ]

    assert (report["pluginName"], report["conclusion"], report["violations"]) == ("AwsSolutions", "success", [])
    assert all(len(each["reason"]) > 20 for each in report["suppressedViolations"])
    assert Counter(exceptions) == {
        ("IAM5", "BackOut"): 2,
        ("IAM5", "Boundary"): 4,
        ("IAM5", "SchedulerRoleForTarget-68fe9f"): 1,
        ("IAM5", "SchedulerRoleForTarget-8b0ca1"): 1,
        ("IAM5", "SweepRuntimes"): 2,
        ("IAM5", "VerifyRuntime"): 5,
        ("L1", "BackOut"): 1,
        ("L1", "SweepRuntimes"): 1,
        ("L1", "VerifyRuntime"): 1,
        ("S1", "Evidence"): 1,
        ("SQS3", "BackOut"): 1,
    }


def test_cdk_nag_is_clean_in_repair_too():
    [report] = json.loads((responding_assembly() / "validation-report.json").read_text())["pluginReports"]

    assert (report["conclusion"], report["violations"]) == ("success", [])


def test_cfn_lint_finds_nothing(tmp_path):
    """W3005 is CDK's habit of writing out a dependency that a reference implies."""
    command = [Path(sys.executable).parent / "cfn-lint", "--ignore-checks", "W3005", "--"]

    done = subprocess.run(
        [*command, assembly() / f"{STACK}.template.json"], capture_output=True, text=True, cwd=tmp_path, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_outputs_name_what_operators_need():
    assert set(template()["Outputs"]) == {
        "EvidenceBucket",
        "QueueUrl",
        "DeadLetterQueueUrl",
        "FindingsBus",
        "AlertsTopic",
        "StateTable",
        "SwitchesTable",
        "BackOutFunction",
        "BackOutScopes",
        "BackOutLogGroup",
        "BackOutDeadLetterQueueUrl",
        "BackOutOperatorsPolicy",
        "VerifyFunction",
        "SweepFunction",
        "VerifyLogGroup",
        "SweepLogGroup",
    }
