"""The synthesised template: also what the local cloud would silently accept or lose."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from guardrail.core.runtimes.tool import ToolKind
from guardrail.flows.runtime_world import LEASE_SECONDS
from guardrail_lab.deployment import LAB_ZONE
from stacks.settings import MAX_ZONE_BYTES
from tests.assembly import STACK, assembly, resources, responding_assembly, template
from tests.state_table import SCHEMA


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
        "dynamodb:DeleteItem",
        "dynamodb:Query",
        "s3:PutObject",
        "sqs:SendMessage",
        "sqs:GetQueueAttributes",
        *logs,
    }


def test_roles_have_no_managed_policies():
    assert len(properties("AWS::IAM::Role")) == 6  # three functions, two rates, the ends of suspensions
    assert not [role for role in properties("AWS::IAM::Role") if role.get("ManagedPolicyArns")]


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


@pytest.mark.parametrize("queue", ["QueuesEvents", "QueuesLooks"])
def test_a_message_stays_invisible_six_times_as_long_as_a_function_may_run(queue):
    timeout = only("AWS::Lambda::Function", "VerifyRuntime")["Timeout"]

    assert only("AWS::SQS::Queue", queue)["VisibilityTimeout"] >= 6 * timeout


def test_the_lease_outlives_the_function():
    assert only("AWS::Lambda::Function", "VerifyRuntime")["Timeout"] < LEASE_SECONDS


def test_functions_may_feed_their_own_queue_and_run_on_any_processor():
    functions = properties("AWS::Lambda::Function")

    assert {function["RecursiveLoop"] for function in functions} == {"Allow"}
    assert {function["Architectures"][0] for function in functions} == {"arm64"}
    assert {function["Runtime"] for function in functions} == {"python3.13"}
    assert {function["Code"]["S3Key"] for function in functions} == {functions[0]["Code"]["S3Key"]}


def logical_id(resource_type, part):
    [found] = [name for name in resources(resource_type) if part in name]
    return found


def test_events_and_looks_feed_the_same_function_each_at_a_pace_of_its_own():
    verify = {"Ref": logical_id("AWS::Lambda::Function", "VerifyRuntime")}
    mappings = {each["EventSourceArn"]["Fn::GetAtt"][0]: each for each in properties("AWS::Lambda::EventSourceMapping")}

    assert set(mappings) == {logical_id("AWS::SQS::Queue", f"Queues{name}") for name in ("Events", "Looks")}
    for mapping in mappings.values():
        assert mapping["FunctionName"] == verify
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}


@pytest.mark.parametrize("queue", ["QueuesEvents", "QueuesLooks"])
def test_failed_messages_go_to_the_dead_letters_that_both_queues_share(queue):
    dead_letters = logical_id("AWS::SQS::Queue", "QueuesDeadLetters")

    assert only("AWS::SQS::Queue", queue)["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [dead_letters, "Arn"]},
        "maxReceiveCount": 5,
    }
    assert only("AWS::SQS::Queue", "QueuesDeadLetters")["MessageRetentionPeriod"] == 14 * 86_400


@pytest.mark.parametrize(
    ("queue", "rules", "roles"),
    [
        ("QueuesEvents", 2, {"VerifyRuntime"}),
        ("QueuesLooks", 0, {"VerifyRuntime", "SweepRuntimes"}),
        ("QueuesDeadLetters", 2, {"VerifyRuntime"}),
    ],
)
def test_a_queue_takes_messages_of_its_rules_and_roles_only(queue, rules, roles):
    statements = only("AWS::SQS::QueuePolicy", queue)["PolicyDocument"]["Statement"]
    allowed = [statement for statement in statements if statement["Effect"] == "Allow"]
    [denied] = [statement for statement in statements if statement.get("Sid") == "OnlyOurOwn"]
    sources = {statement["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::GetAtt"][0] for statement in allowed}
    senders = {each["Fn::GetAtt"][0] for each in denied["Condition"].pop("ArnNotEquals")["aws:PrincipalArn"]}

    assert sources == (set(resources("AWS::Events::Rule")) if rules else set())
    assert (len(allowed), [each["Principal"] for each in allowed]) == (
        rules,
        [{"Service": "events.amazonaws.com"}] * rules,
    )
    assert (denied["Effect"], denied["Principal"], denied["Action"]) == ("Deny", {"AWS": "*"}, "sqs:SendMessage")
    assert {name.split("Role")[0] for name in senders} == roles
    # A service is let through only where a rule of ours sends.
    assert denied["Condition"] == ({"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}} if rules else {})


def test_queues_are_encrypted():
    assert all(queue["SqsManagedSseEnabled"] for queue in properties("AWS::SQS::Queue"))


def test_the_sweep_knows_and_may_ask_the_queue_of_looks_only():
    looks = logical_id("AWS::SQS::Queue", "QueuesLooks")
    statements = only("AWS::IAM::Policy", "SweepRuntimes")["PolicyDocument"]["Statement"]
    sqs = [each for each in statements if "sqs:" in json.dumps(each["Action"])]
    variables = only("AWS::Lambda::Function", "SweepRuntimes")["Environment"]["Variables"]

    assert [each["Resource"] for each in sqs] == [{"Fn::GetAtt": [looks, "Arn"]}]
    assert {name: value for name, value in variables.items() if "QUEUE" in name} == {"LOOKS_QUEUE_URL": {"Ref": looks}}


def test_events_reach_the_queue_of_events():
    events = {"Fn::GetAtt": [logical_id("AWS::SQS::Queue", "QueuesEvents"), "Arn"]}

    assert [target["Arn"] for rule in properties("AWS::Events::Rule") for target in rule["Targets"]] == [events] * 2


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

    assert len(policies) == 6
    for policy in policies:
        assert '{"Bool": {"aws:SecureTransport": "false"}}' in json.dumps(policy["PolicyDocument"])


def test_the_state_table_has_the_keys_and_the_index_that_every_test_of_it_has():
    table = only("AWS::DynamoDB::Table", "State")

    assert {name: table[name] for name in SCHEMA} == SCHEMA


def test_the_sweep_may_query_the_index_of_what_waits_and_no_table():
    policy = only("AWS::IAM::Policy", "SweepRuntimes")
    [queried] = [each for each in policy["PolicyDocument"]["Statement"] if each["Action"] == "dynamodb:Query"]
    [state] = [name for name in resources("AWS::DynamoDB::Table") if name.startswith("State")]

    [index] = SCHEMA["GlobalSecondaryIndexes"]
    table = {"Fn::GetAtt": [state, "Arn"]}
    assert queried["Resource"] == {"Fn::Join": ["", [table, f"/index/{index['IndexName']}"]]}


def test_the_state_table_cleans_up_and_can_be_restored():
    table = only("AWS::DynamoDB::Table", "State")

    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_alarms_reach_people():
    alarms = properties("AWS::CloudWatch::Alarm")

    assert len(alarms) == 8
    assert all(alarm["AlarmActions"] and alarm["OKActions"] and alarm["AlarmDescription"] for alarm in alarms)
    [topic_policy] = properties("AWS::SNS::TopicPolicy")
    publishers = [
        statement["Principal"]["Service"]
        for statement in topic_policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert publishers == ["cloudwatch.amazonaws.com"]


@pytest.mark.parametrize(("queue", "minutes"), [("Events", 15), ("Looks", 30)])
def test_messages_that_wait_for_too_long_are_an_alarm(queue, minutes):
    alarm = only("AWS::CloudWatch::Alarm", f"{queue}QueueAge")
    name = {"Fn::GetAtt": [logical_id("AWS::SQS::Queue", f"Queues{queue}"), "QueueName"]}

    assert (alarm["MetricName"], alarm["Threshold"]) == ("ApproximateAgeOfOldestMessage", minutes * 60)
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": name}]


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
        ("IAM5", "BackOut"): 4,  # each of a role's findings is one of its boundary, too
        ("IAM5", "SchedulerRoleForTarget-68fe9f"): 1,
        ("IAM5", "SchedulerRoleForTarget-8b0ca1"): 1,
        ("IAM5", "SweepRuntimes"): 4,
        ("IAM5", "VerifyRuntime"): 10,
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
        "EventsQueueUrl",
        "EventsQueueArn",
        "LooksQueueUrl",
        "DeadLetterQueueUrl",
        "DeadLetterQueueArn",
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
