"""The guardrail of one account and Region: detect, judge, record, report."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import (
    Annotations,
    CfnOutput,
    Duration,
    Environment,
    RemovalPolicy,
    Stack,
    aws_cloudwatch,
    aws_events,
    aws_lambda,
    aws_scheduler,
    aws_scheduler_targets,
)
from constructs import Construct

from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.response import ResponseMode
from guardrail.core.runtimes.response_settings import ResponseSettings
from stacks.constructs.alarms import Alarms
from stacks.constructs.alerts_topic import AlertsTopic
from stacks.constructs.back_out import BackOut
from stacks.constructs.evidence_bucket import EvidenceBucket, RetentionMode
from stacks.constructs.function import GuardrailFunction
from stacks.constructs.grants import Permission
from stacks.constructs.queues import Queues
from stacks.constructs.response_permissions import LISTED, response_permissions
from stacks.constructs.state_table import parked_index, state_table
from stacks.constructs.switches import Switches
from stacks.constructs.told import Told
from stacks.constructs.trail_rules import TrailRules
from stacks.exceptions import except_from, logical_id

ANY_PATH = "/"

SKIPPED = aws_cloudwatch.Metric(
    namespace="AgentCoreGuardrail",
    metric_name="SweepsSkipped",
    dimensions_map={"service": "sweep_runtimes"},
    statistic=aws_cloudwatch.Stats.SUM,
    period=Duration.minutes(5),
)
"""What `sweep_runtimes` counts itself."""


@dataclass(frozen=True, slots=True)
class GuardrailProps:
    """What a platform engineer decides about one account and Region.

    Attributes:
        sweep_minutes: Minutes between two sweeps; a sweep spreads its looks over up to 15.
        evidence_days: How long a record cannot be deleted.
        pass_role_path: Path of the roles that runtimes run as; "/" for any.
        alerts_key_arn: The customer's own KMS key for the topic, or None.
        operators: ARNs of roles that may put messages on the queues too, to redrive dead letters.
        break_glass: ARNs of principals that may assume a role for backing out and nothing else; none, no role.
        runtime: The Lambda runtime's name, such as python3.13.
    """

    zone: LandingZone
    mode: ResponseMode
    response: ResponseSettings
    pass_role_path: str
    sweep_minutes: int
    evidence_mode: RetentionMode
    evidence_days: int
    alerts_key_arn: str | None
    operators: tuple[str, ...]
    break_glass: tuple[str, ...]
    runtime: str


class GuardrailStack(Stack):
    """Everything that one account and Region needs; nothing central is in the way of a verdict."""

    def __init__(self, scope: Construct, construct_id: str, *, props: GuardrailProps, code: aws_lambda.Code) -> None:
        super().__init__(
            scope,
            construct_id,
            description="Keeps Bedrock AgentCore runtimes inside the approved landing zone",
            env=Environment(account=props.zone.account, region=props.zone.region),
        )
        self._props = props
        self._code = code
        self._queues = Queues(self, "Queues")
        self._state = state_table(
            self,
            "State",
            removal_policy=RemovalPolicy.DESTROY,  # the next look writes it anew, except what waits (ADR 45)
            time_to_live="expires_at",
        )
        self._parked = parked_index(self._state)
        self._switches = Switches(self, "Switches")
        self._told = Told(
            EvidenceBucket(self, "Evidence", mode=props.evidence_mode, days=props.evidence_days),
            aws_events.EventBus(self, "Findings", description="Verdicts of the AgentCore guardrail"),
            AlertsTopic(self, "Alerts", display_name="AgentCore guardrail", key_arn=props.alerts_key_arn),
        )
        self._verify = self._verify_runtime()
        self._sweep = self._sweep_runtimes()
        self._back_out = self._way_out()
        self._told.evidence.let_only_append([self._verify.role, self._sweep.role, self._back_out.function.role])
        self._queues.let_only_send(
            handler=self._verify.role.role_arn, sweep=self._sweep.role.role_arn, operators=props.operators
        )
        TrailRules(self, "Trail", queue=self._queues.events.queue, dead_letters=self._queues.dead_letters)
        self._watch()
        self._exceptions()
        self._outputs()
        self._warn()

    def _function(
        self, construct_id: str, name: str, environment: Mapping[str, str], permissions: Sequence[Permission]
    ) -> GuardrailFunction:
        runtime = aws_lambda.Runtime(self._props.runtime, aws_lambda.RuntimeFamily.PYTHON)
        return GuardrailFunction(
            self,
            construct_id,
            name=name,
            code=self._code,
            runtime=runtime,
            environment=environment,
            permissions=permissions,
        )

    def _verify_runtime(self) -> GuardrailFunction:
        queues, zone = self._queues, self._props.zone
        verify = self._function(
            "VerifyRuntime",
            "verify_runtime",
            {
                "LANDING_ZONE": json.dumps(zone.document(), separators=(",", ":")),
                "RESPONSE_MODE": self._props.mode.value,
                "RESPONSE": json.dumps(self._props.response.document(), separators=(",", ":")),
                "STATE_TABLE": self._state.table_name,
                "SWITCHES_TABLE": self._switches.table.table_name,
                "EVENTS_QUEUE_URL": queues.events.queue.queue_url,
                "LOOKS_QUEUE_URL": queues.looks.queue.queue_url,
                "DEAD_LETTER_QUEUE_URL": queues.dead_letters.queue_url,
                **self._told.environment(),
            },
            self._may_verify(),
        )
        verify.function.add_environment("ROLE_ARN", verify.role.role_arn)
        for each in (queues.events, queues.looks):
            each.feed(verify.function)
        return verify

    def _may_verify(self) -> tuple[Permission, ...]:
        props, queues = self._props, self._queues
        sent_to = (queues.events.queue, queues.looks.queue, queues.dead_letters)
        return (
            *response_permissions(props.zone, props.mode, self.partition, props.pass_role_path),
            Permission(("dynamodb:GetItem", "dynamodb:UpdateItem"), (self._state.table_arn,)),
            self._switches.read,
            *self._told.permissions(),
            Permission(("sqs:SendMessage",), tuple(queue.queue_arn for queue in sent_to)),
            queues.events.receive(),
            queues.looks.receive(),
        )

    def _sweep_runtimes(self) -> GuardrailFunction:
        queue = self._queues.looks.queue
        sweep = self._function(
            "SweepRuntimes",
            "sweep_runtimes",
            {
                "STATE_TABLE": self._state.table_name,
                "LOOKS_QUEUE_URL": queue.queue_url,
                "EVIDENCE_BUCKET": self._told.evidence.bucket.bucket_name,
            },
            (
                LISTED,
                Permission(("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"), (self._state.table_arn,)),
                Permission(("dynamodb:Query",), (self._parked,)),
                self._told.evidence.append,
                Permission(("sqs:SendMessage", "sqs:GetQueueAttributes"), (queue.queue_arn,)),
            ),
        )
        aws_scheduler.Schedule(
            self,
            "SweepSchedule",
            description="AgentCore guardrail: look at every runtime, because events get lost",
            schedule=aws_scheduler.ScheduleExpression.rate(Duration.minutes(self._props.sweep_minutes)),
            target=aws_scheduler_targets.LambdaInvoke(sweep.function, retry_attempts=2),
        )
        return sweep

    def _way_out(self) -> BackOut:
        """The function that suspends the response, and that grants exemptions."""
        return BackOut(
            self,
            "BackOut",
            code=self._code,
            runtime=aws_lambda.Runtime(self._props.runtime, aws_lambda.RuntimeFamily.PYTHON),
            switches=self._switches,
            told=self._told,
            break_glass=self._props.break_glass,
        )

    def _watch(self) -> None:
        alarms = Alarms(self, "Alarms", topic=self._told.alerts.topic)
        self._queues.watch(alarms)
        alarms.above(
            "SweepErrors",
            self._sweep.function.metric_errors(period=Duration.minutes(5)),
            limit=0,
            meaning="A sweep failed: lost events stay lost until one succeeds.",
        )
        alarms.above(
            "SweepsSkipped",
            SKIPPED,
            limit=0,
            meaning="A sweep was skipped: looks are asked for faster than verify_runtime takes them.",
        )
        self._back_out.watch(alarms)
        alarms.silent(
            "NoSweep",
            self._sweep.function.metric_invocations(period=Duration.minutes(2 * self._props.sweep_minutes)),
            meaning="No sweep ran in two intervals: is the schedule still enabled?",
        )

    def _exceptions(self) -> None:
        for function in (self._verify, self._sweep):
            except_from(function, "IAM5[Resource::*]", "The List actions of AgentCore have no resource type.")
        self._except_what_the_response_needs()
        except_from(
            self,
            f"IAM5[Resource::<{logical_id(self._sweep.function)}.Arn>:*]",
            "CDK lets the scheduler's role invoke any version of the one sweep function.",
        )

    def _except_what_the_response_needs(self) -> None:
        zone, mode = self._props.zone, self._props.mode
        agentcore = f"arn:<AWS::Partition>:bedrock-agentcore:{zone.region}:{zone.account}"
        reasons = {f"{agentcore}:runtime/*": "Any runtime of this account may have to be read, and contained."}
        for kind in ("browser", "code-interpreter"):
            reasons[f"{agentcore}:{kind}-custom/*"] = "Any tool of this account may have to be read."
        if mode is not ResponseMode.OBSERVE:
            reasons[f"{agentcore}:harness/*"] = "Any harness may manage the runtime that has drifted."
        if mode is ResponseMode.REPAIR:
            passed = f"arn:<AWS::Partition>:iam::{zone.account}:role{self._props.pass_role_path}*"
            reasons[passed] = (
                "An update passes the runtime's own role once more; to AgentCore only, below this path only."
            )
        for resource, reason in reasons.items():
            except_from(self._verify, f"IAM5[Resource::{resource}]", reason)

    def _warn(self) -> None:
        if self._props.mode is ResponseMode.REPAIR and self._props.pass_role_path == ANY_PATH:
            text = "REPAIR may pass any role to AgentCore; response.pass_role_path narrows it to the runtimes' own"
            Annotations.of(self).add_warning_v2("agentcore-guardrail:any-role", text)

    def _outputs(self) -> None:
        for name, value in {
            "EvidenceBucket": self._told.evidence.bucket.bucket_name,
            "EventsQueueUrl": self._queues.events.queue.queue_url,
            "EventsQueueArn": self._queues.events.queue.queue_arn,
            "LooksQueueUrl": self._queues.looks.queue.queue_url,
            "DeadLetterQueueUrl": self._queues.dead_letters.queue_url,
            "DeadLetterQueueArn": self._queues.dead_letters.queue_arn,
            "FindingsBus": self._told.bus.event_bus_name,
            "AlertsTopic": self._told.alerts.topic.topic_arn,
            "StateTable": self._state.table_name,
            "SwitchesTable": self._switches.table.table_name,
            "VerifyFunction": self._verify.function.function_name,
            "SweepFunction": self._sweep.function.function_name,
            "VerifyLogGroup": self._verify.log_group.log_group_name,
            "SweepLogGroup": self._sweep.log_group.log_group_name,
        }.items():
            CfnOutput(self, name, value=value)
