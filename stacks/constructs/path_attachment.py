"""Attaching policies to every role below a path, now and when more roles appear there."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Aws, Duration, RemovalPolicy, Stack, aws_iam, aws_logs, aws_scheduler, aws_scheduler_targets
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from stacks.exceptions import except_from

INTERVAL = Duration.hours(1)
"""How long a role that appears below the path, or was detached, may go unbound."""

_THROTTLED = {"ErrorEquals": ["Iam.ThrottlingException", "Iam.ServiceFailureException"], "MaxAttempts": 5}
_NOT_OURS = {"ErrorEquals": ["Iam.UnmodifiableEntityException", "Iam.NoSuchEntityException"]}
"""Roles that belong to AWS, and roles that were deleted since they were listed."""


class PathAttachment(Construct):
    """A state machine that runs every hour and attaches what is missing. CloudFormation itself only takes names.

    It is made of calls to IAM alone, so that no code has to be shipped, and its role can attach these policies to roles
    below the path and do nothing else. It never detaches: who takes the stack away has to do that first.

    Args:
        path: Begins and ends with a slash.
    """

    def __init__(self, scope: Construct, construct_id: str, *, path: str, policy_arns: Sequence[str]) -> None:
        super().__init__(scope, construct_id)
        machine = self._machine(path, policy_arns)
        for statement in _may(path, policy_arns):
            machine.add_to_role_policy(statement)
        aws_scheduler.Schedule(
            self,
            "Hourly",
            description="AgentCore guardrail: bind the roles that appeared below the path",
            schedule=aws_scheduler.ScheduleExpression.rate(INTERVAL),
            target=aws_scheduler_targets.StepFunctionsStartExecution(machine),
        )
        except_from(self, "IAM5[Resource::*]", "Listing roles, log delivery and tracing have no resource type.")
        except_from(
            self,
            f"IAM5[Resource::arn:<AWS::Partition>:iam::<AWS::AccountId>:role{path}*]",
            "The roles below the path are not known beforehand; all that it may do to them is to attach the deny.",
        )

    def _machine(self, path: str, policy_arns: Sequence[str]) -> stepfunctions.StateMachine:
        definition = Stack.of(self).to_json_string(_definition(path, policy_arns))
        logs = aws_logs.LogGroup(
            self, "Logs", retention=aws_logs.RetentionDays.ONE_YEAR, removal_policy=RemovalPolicy.DESTROY
        )
        return stepfunctions.StateMachine(
            self,
            "EveryRole",
            comment="Attaches the AgentCore deny to every role below a path",
            definition_body=stepfunctions.DefinitionBody.from_string(definition),
            role=self._role(),
            state_machine_type=stepfunctions.StateMachineType.EXPRESS,
            timeout=Duration.minutes(5),
            tracing_enabled=True,
            logs=stepfunctions.LogOptions(destination=logs, level=stepfunctions.LogLevel.ALL),
        )

    def _role(self) -> aws_iam.Role:
        ours = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        states = aws_iam.ServicePrincipal("states.amazonaws.com", conditions=ours)
        return aws_iam.Role(self, "Role", assumed_by=states)


def _may(path: str, policy_arns: Sequence[str]) -> tuple[aws_iam.PolicyStatement, ...]:
    below = f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role{path}*"
    these = {"ArnEquals": {"iam:PolicyARN": list(policy_arns)}}
    return (
        aws_iam.PolicyStatement(actions=["iam:ListRoles"], resources=["*"]),
        aws_iam.PolicyStatement(actions=["iam:AttachRolePolicy"], resources=[below], conditions=these),
    )


def _definition(path: str, policy_arns: Sequence[str]) -> dict[str, Any]:
    """List the roles, a page at a time, and attach every policy to each; attaching again changes nothing."""
    page = {"PathPrefix": path}
    return {
        "StartAt": "ListRoles",
        "States": {
            "ListRoles": _iam("listRoles", page, Next="IsThereARole"),
            "IsThereARole": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.Roles[0]", "IsPresent": True, "Next": "EachRole"}],
                "Default": "NoRole",
            },
            "NoRole": {"Type": "Fail", "Error": "NoRole", "Cause": f"No role is below {path}; nothing was attached."},
            "EachRole": {
                "Type": "Map",
                "ItemsPath": "$.Roles",
                "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, **_attach_all(policy_arns)},
                "MaxConcurrency": 2,  # IAM takes few changes a second
                "ResultPath": None,
                "Next": "AreThereMore",
            },
            "AreThereMore": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.IsTruncated", "BooleanEquals": True, "Next": "ListMoreRoles"}],
                "Default": "Done",
            },
            "ListMoreRoles": _iam("listRoles", {**page, "Marker.$": "$.Marker"}, Next="EachRole"),
            "Done": {"Type": "Succeed"},
        },
    }


def _attach_all(policy_arns: Sequence[str]) -> dict[str, Any]:
    names = [f"Attach{number}" for number in range(1, len(policy_arns) + 1)]
    steps = {
        name: _iam(
            "attachRolePolicy",
            {"RoleName.$": "$.RoleName", "PolicyArn": arn},
            ResultPath=None,
            Catch=[{**_NOT_OURS, "Next": "LeaveIt"}],
            Next=following,
        )
        for name, arn, following in zip(names, policy_arns, [*names[1:], "LeaveIt"], strict=True)
    }
    return {"StartAt": names[0], "States": {**steps, "LeaveIt": {"Type": "Pass", "Result": {}, "End": True}}}


def _iam(action: str, parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    resource = f"arn:{Aws.PARTITION}:states:::aws-sdk:iam:{action}"
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, "Retry": [_THROTTLED], **more}
