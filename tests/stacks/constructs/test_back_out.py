"""Who may write the switches, who may invoke the function, and that it is told everything that it asks for."""

import json
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from aws_cdk import App, Environment, Stack, aws_dynamodb, aws_events, aws_iam, aws_lambda

from back_out import handler
from guardrail.core.switch import Scope
from guardrail.settings.back_out import BackOutSettings
from stacks.constructs.alerts_topic import AlertsTopic
from stacks.constructs.back_out import BackOut
from stacks.constructs.back_out_callers import BREAK_GLASS, SIGNED
from stacks.constructs.evidence_bucket import EvidenceBucket, RetentionMode
from stacks.constructs.our_controller import OurController
from stacks.constructs.pack_asset import PackAsset
from stacks.constructs.switches import Switches
from stacks.constructs.told import Told

SECRET = "arn:aws:secretsmanager:us-east-1:000000000000:secret:controller"
ON_CALL = "arn:aws:iam::000000000000:role/OnCall"


@cache
def template(*, control, extras):
    directory = mkdtemp()
    Path(directory, "code.py").touch()
    app = App(outdir=mkdtemp())
    stack = Stack(app, "Stack", env=Environment(account="000000000000", region="us-east-1"))
    switches = Switches(stack, "Switches")
    loop = aws_iam.Role(stack, "Loop", assumed_by=aws_iam.ServicePrincipal("lambda.amazonaws.com"))
    loop.add_to_principal_policy(switches.read.statement())
    key = aws_dynamodb.Attribute(name="id", type=aws_dynamodb.AttributeType.STRING)
    lease = aws_dynamodb.Table(stack, "Lease", partition_key=key)
    controller = OurController(
        address="https://controller.example.com",
        secret_arn=SECRET,
        secret_key_arn=None,
        prefix="agentcore",
        gateways=("spoke",),
        runtime_subnets=("subnet-1", "subnet-2"),
        lease_table_arn=lease.table_arn,
        lease_table=lease.table_name,
        pack=PackAsset(stack, "Pack", document={}),
        network=None,
    )
    BackOut(
        stack,
        "BackOut",
        code=aws_lambda.Code.from_asset(directory),
        runtime=aws_lambda.Runtime("python3.13", aws_lambda.RuntimeFamily.PYTHON),
        switches=switches,
        told=Told(
            EvidenceBucket(stack, "Evidence", mode=RetentionMode.GOVERNANCE, days=1),
            aws_events.EventBus(stack, "Bus"),
            AlertsTopic(stack, "Alerts", display_name="Alerts", key_arn=None),
        ),
        controller=controller if control else None,
        break_glass=(ON_CALL,) if extras else (),
        function_url=extras,
    )
    return app.synth().get_stack_by_name("Stack").template


def found(resource_type, *, control=True, extras=True, part=""):
    resources = template(control=control, extras=extras)["Resources"].items()
    return {name: each["Properties"] for name, each in resources if each["Type"] == resource_type and part in name}


def statements(part, **options):
    return [s for each in found("AWS::IAM::Policy", part=part, **options).values() for s in _statements(each)]


def _statements(policy):
    return policy["PolicyDocument"]["Statement"]


def actions(statement):
    return {statement["Action"]} if isinstance(statement["Action"], str) else set(statement["Action"])


def environment(**options):
    (function,) = found("AWS::Lambda::Function", part="BackOut", **options).values()
    texts = function["Environment"]["Variables"]
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in texts.items()}


@pytest.mark.parametrize(
    ("control", "scopes"), [(True, (Scope.INSERTION, Scope.POLICY)), (False, (Scope.RESPONSE,))], ids=str
)
def test_the_function_is_told_everything_that_it_asks_for_and_its_scopes_are_an_output(control, scopes):
    settings = BackOutSettings.from_env(environment(control=control, extras=False))

    assert settings.scopes == scopes
    assert settings.gateways == (("spoke",) if control else ())
    outputs = template(control=control, extras=False)["Outputs"]
    assert outputs["BackOutScopes"]["Value"] == ",".join(scopes)
    assert {"BackOutFunction", "BackOutOperatorsPolicy", "BackOutLogGroup"} <= outputs.keys()


def test_nobody_but_the_function_writes_the_switches():
    writes = {"dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:UpdateItem"}
    (table,) = (name for name in found("AWS::DynamoDB::Table") if name.startswith("Switches"))
    writers = [
        name
        for name, policy in found("AWS::IAM::Policy").items()
        for statement in _statements(policy)
        if actions(statement) & writes and table in json.dumps(statement["Resource"])
    ]

    assert writers == list(found("AWS::IAM::Policy", part="BackOutRole"))
    (read,) = statements("Loop")
    assert actions(read) == {"dynamodb:Query"}


def test_the_switches_outlive_the_stack_and_can_be_restored():
    resources = template(control=True, extras=True)["Resources"]
    (table,) = (each for name, each in resources.items() if name.startswith("SwitchesTable"))

    assert table["DeletionPolicy"] == "Retain"
    assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_without_a_controller_the_function_may_read_no_secret_and_no_route():
    allowed = {action for s in statements("BackOutRole", control=False, extras=False) for action in actions(s)}

    assert not {action for action in allowed if action.startswith(("secretsmanager:", "ec2:", "kms:"))}


def test_of_ec2_it_may_only_describe():
    allowed = {action for s in statements("BackOutRole") for action in actions(s)}

    assert {action for action in allowed if action.startswith("ec2:")} == {
        "ec2:DescribeRouteTables",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeNatGateways",
    }


def test_it_may_hand_its_schedules_one_role_and_to_the_scheduler_only():
    (passing,) = (s for s in statements("BackOutRole") if actions(s) == {"iam:PassRole"})

    assert "SchedulerRole" in json.dumps(passing["Resource"])
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
    scheduling = next(s for s in statements("BackOutRole") if "scheduler:CreateSchedule" in actions(s))
    assert ":schedule/" in json.dumps(scheduling["Resource"])


def test_the_check_comes_every_five_minutes():
    (schedule,) = found("AWS::Scheduler::Schedule").values()

    assert schedule["ScheduleExpression"] == "rate(5 minutes)"
    assert json.loads(schedule["Target"]["Input"]) == {"command": "settle"}


def test_operators_may_invoke_the_function_itself_and_the_signed_alias_through_the_url_only():
    (policy,) = found("AWS::IAM::ManagedPolicy", part="Operators").values()
    direct, signed, through = _statements(policy)

    assert "GetAtt" in json.dumps(direct["Resource"])
    assert "Signed" not in json.dumps(direct["Resource"])
    assert signed["Condition"] == {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}
    assert through["Condition"] == {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}
    (alias,) = found("AWS::Lambda::Alias", part="Signed").values()
    (url,) = found("AWS::Lambda::Url").values()
    assert alias["Name"] == url["Qualifier"] == SIGNED
    assert url["AuthType"] == "AWS_IAM"


def test_whoever_breaks_the_glass_has_shown_a_second_factor_and_may_do_nothing_else():
    (role,) = found("AWS::IAM::Role", part="BreakGlass").values()
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]

    assert trust["Principal"] == {"AWS": ON_CALL}
    assert trust["Condition"] == {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    assert "Policies" not in role
    (only,) = found("AWS::IAM::ManagedPolicy", part="BreakGlassOnly").values()
    (statement,) = _statements(only)
    aliases = {name: each["Name"] for name, each in found("AWS::Lambda::Alias").items()}
    assert statement["Action"] == "lambda:InvokeFunction"
    assert aliases[statement["Resource"]["Ref"]] == BREAK_GLASS == handler.BREAK_GLASS


def test_without_being_asked_for_there_is_neither_url_nor_break_glass_role():
    options = {"control": False, "extras": False}

    assert not found("AWS::Lambda::Url", **options)
    assert not found("AWS::IAM::Role", part="BreakGlass", **options)
    (policy,) = found("AWS::IAM::ManagedPolicy", part="Operators", **options).values()
    assert len(_statements(policy)) == 1
