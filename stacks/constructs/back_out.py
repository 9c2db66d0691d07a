"""The back-out function, what calls it back, and who may call it."""

from aws_cdk import (
    ArnFormat,
    Aws,
    CfnOutput,
    Duration,
    Names,
    Stack,
    aws_iam,
    aws_lambda,
    aws_scheduler,
    aws_scheduler_targets,
)
from constructs import Construct

from guardrail.core.switch import Scope
from stacks.constructs.alarms import Alarms
from stacks.constructs.back_out_callers import BackOutCallers
from stacks.constructs.function import GuardrailFunction
from stacks.constructs.grants import Permission
from stacks.constructs.our_controller import OurController
from stacks.constructs.queues import dead_letter_queue
from stacks.constructs.switches import Switches
from stacks.constructs.told import Told
from stacks.exceptions import except_from, logical_id

TIMEOUT = Duration.minutes(15)
"""A detach may take all of it."""
CHECK = Duration.minutes(5)


class BackOut(Construct):
    """The function with its schedules, its dead letters, a policy for operators and, if wanted, a break-glass role.

    Args:
        controller: None where only the response can be backed out.
        break_glass: ARNs of principals that may assume a role for this and nothing else, with MFA; none, no role.
        function_url: Whether the function also answers by HTTPS, signed with AWS credentials: only there does it know
            who calls.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        code: aws_lambda.Code,
        runtime: aws_lambda.Runtime,
        switches: Switches,
        told: Told,
        controller: OurController | None = None,
        break_glass: tuple[str, ...] = (),
        function_url: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        self._controller, self._told = controller, told
        self.scopes = _scopes(controller)
        self.dead_letters = dead_letter_queue(self)
        self._group = Names.unique_resource_name(self, max_length=60, separator="-")
        self._schedules = aws_scheduler.ScheduleGroup(self, "Schedules", schedule_group_name=self._group)
        self._scheduler = self._schedulers_role()
        self.function = GuardrailFunction(
            self,
            "BackOut",
            name="back_out",
            code=code,
            runtime=runtime,
            timeout=TIMEOUT,
            environment=self._environment(switches),
            permissions=self._may(switches),
        )
        self._let_schedules_call_back()
        self._check()
        self.callers = BackOutCallers(
            self, function=self.function.function, break_glass=break_glass, function_url=function_url
        )
        self._exceptions()
        self._outputs()

    def watch(self, alarms: Alarms) -> None:
        """Wake people when a check could not settle everything."""
        alarms.above(
            "BackOutErrors",
            self.function.function.metric_errors(period=CHECK),
            limit=0,
            meaning="A suspension could not be settled: it may not end.",
        )
        alarms.above(
            "BackOutDeadLetters",
            self.dead_letters.metric_approximate_number_of_messages_visible(period=CHECK),
            limit=0,
            meaning="A schedule could not call the back-out function; the regular check ends what is overdue.",
        )

    def _environment(self, switches: Switches) -> dict[str, str]:
        return {
            "SCOPES": ",".join(self.scopes),
            "SWITCHES_TABLE": switches.table.table_name,
            **self._told.environment(),
            "SCHEDULE_GROUP": self._group,
            "SCHEDULE_ROLE_ARN": self._scheduler.role_arn,
            "DEAD_LETTERS_ARN": self.dead_letters.queue_arn,
            **(self._controller.environment() if self._controller else {}),
        }

    def _schedulers_role(self) -> aws_iam.Role:
        """The role that the one-time schedules invoke the function with."""
        principal = aws_iam.ServicePrincipal(
            "scheduler.amazonaws.com",
            conditions={
                "StringEquals": {
                    "aws:SourceAccount": Aws.ACCOUNT_ID,
                    "aws:SourceArn": self._schedules.schedule_group_arn,
                }
            },
        )
        return aws_iam.Role(self, "SchedulerRole", assumed_by=principal)

    def _may(self, switches: Switches) -> tuple[Permission, ...]:
        to_the_scheduler = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
        return (
            switches.write,
            *self._told.permissions(),
            Permission(("scheduler:CreateSchedule", "scheduler:DeleteSchedule"), (self._schedule_arns(),)),
            Permission(("iam:PassRole",), (self._scheduler.role_arn,), to_the_scheduler),
            *(self._controller.permissions() if self._controller else ()),
        )

    def _let_schedules_call_back(self) -> None:
        for permission in (
            Permission(("lambda:InvokeFunction",), (self.function.function.function_arn,)),
            Permission(("sqs:SendMessage",), (self.dead_letters.queue_arn,)),
        ):
            self._scheduler.add_to_principal_policy(permission.statement())

    def _check(self) -> None:
        """Ask the function regularly to end what is overdue, and to finish what died."""
        aws_scheduler.Schedule(
            self,
            "Check",
            description="AgentCore guardrail: end what is overdue, finish what died half-way",
            schedule=aws_scheduler.ScheduleExpression.rate(CHECK),
            target=aws_scheduler_targets.LambdaInvoke(
                self.function.function,
                retry_attempts=0,
                input=aws_scheduler.ScheduleTargetInput.from_object({"command": "settle"}),
            ),
        )

    def _schedule_arns(self) -> str:
        name = f"{self._group}/*"
        return Stack.of(self).format_arn(
            service="scheduler", resource="schedule", resource_name=name, arn_format=ArnFormat.SLASH_RESOURCE_NAME
        )

    def _exceptions(self) -> None:
        stack, function = Stack.of(self), self.function
        schedules = f"arn:<AWS::Partition>:scheduler:{stack.region}:{stack.account}:schedule/{self._group}/*"
        except_from(self.dead_letters, "SQS3", "It is itself where the schedules put what they could not deliver.")
        except_from(function, f"IAM5[Resource::{schedules}]", "Each suspension has schedules of its own in our group.")
        except_from(function, "IAM5[Resource::*]", "EC2's Describe actions have no resource types.")
        except_from(
            stack,
            f"IAM5[Resource::<{logical_id(function.function)}.Arn>:*]",
            "CDK lets the scheduler's role invoke any version of the one function.",
        )

    def _outputs(self) -> None:
        for name, value in {
            "BackOutFunction": self.function.function.function_name,
            "BackOutScopes": ",".join(self.scopes),
            "BackOutLogGroup": self.function.log_group.log_group_name,
            "BackOutDeadLetterQueueUrl": self.dead_letters.queue_url,
            "BackOutOperatorsPolicy": self.callers.operators.managed_policy_arn,
        }.items():
            CfnOutput(Stack.of(self), name, value=value)


def _scopes(controller: OurController | None) -> tuple[str, ...]:
    if controller is None:
        return (Scope.RESPONSE.value,)
    return (Scope.INSERTION.value, Scope.POLICY.value) if controller.gateways else (Scope.POLICY.value,)
