"""The guardrail of one account and Region: detect, judge, record, report."""

import json
from dataclasses import dataclass

from aws_cdk import (
    Annotations,
    CfnOutput,
    Duration,
    Environment,
    RemovalPolicy,
    Stack,
    aws_events,
    aws_lambda,
    aws_lambda_event_sources,
    aws_scheduler,
    aws_scheduler_targets,
)
from constructs import Construct

from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.response import ResponseMode
from guardrail.core.runtimes.response_settings import ResponseSettings
from stacks.constructs.alarms import Alarms
from stacks.constructs.alerts_topic import alerts_topic
from stacks.constructs.back_out import BackOut, Told
from stacks.constructs.boundary import Boundary
from stacks.constructs.evidence_bucket import EvidenceBucket, RetentionMode
from stacks.constructs.function import GuardrailFunction
from stacks.constructs.grants import allow
from stacks.constructs.look_queue import LookQueue
from stacks.constructs.response_permissions import LISTED, response_permissions
from stacks.constructs.state_table import state_table
from stacks.constructs.switches import Switches
from stacks.constructs.trail_rules import TrailRules
from stacks.exceptions import except_from, logical_id

ANY_PATH = "/"


@dataclass(frozen=True, slots=True)
class GuardrailProps:
    """What a platform engineer decides about one account and Region.

    Attributes:
        sweep_minutes: Minutes between two sweeps; a sweep spreads its looks over up to 15.
        evidence_days: How long a record cannot be deleted.
        pass_role_path: Path of the roles that runtimes run as; "/" for any.
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
        self._looks = LookQueue(self, "Looks")
        self._evidence = EvidenceBucket(self, "Evidence", mode=props.evidence_mode, days=props.evidence_days)
        self._state = state_table(
            self,
            "State",
            removal_policy=RemovalPolicy.DESTROY,  # the next look at each runtime writes it anew
            time_to_live="expires_at",
        )
        self._switches = Switches(self, "Switches")
        self._may = response_permissions(props.zone, props.mode, self.partition, props.pass_role_path)
        self._boundary = Boundary(self, "Boundary", permissions=self._may).policy
        self._bus = aws_events.EventBus(self, "Findings", description="Verdicts of the AgentCore guardrail")
        self._topic = alerts_topic(self, "Alerts", display_name="AgentCore guardrail")
        self._verify = self._verify_runtime()
        self._sweep = self._sweep_runtimes()
        self._back_out = self._way_out()
        self._looks.let_only_send([self._verify.role.role_arn, self._sweep.role.role_arn, *props.operators])
        TrailRules(self, "Trail", queue=self._looks.queue, dead_letters=self._looks.dead_letters)
        self._watch()
        self._exceptions()
        self._outputs()
        self._warn()

    def _function(self, construct_id: str, name: str, environment: dict[str, str]) -> GuardrailFunction:
        runtime = aws_lambda.Runtime(self._props.runtime, aws_lambda.RuntimeFamily.PYTHON)
        return GuardrailFunction(
            self,
            construct_id,
            name=name,
            code=self._code,
            runtime=runtime,
            environment=environment,
            boundary=self._boundary,
        )

    def _verify_runtime(self) -> GuardrailFunction:
        looks, zone = self._looks, self._props.zone
        verify = self._function(
            "VerifyRuntime",
            "verify_runtime",
            {
                "LANDING_ZONE": json.dumps(zone.document(), separators=(",", ":")),
                "RESPONSE_MODE": self._props.mode.value,
                "RESPONSE": json.dumps(self._props.response.document(), separators=(",", ":")),
                "STATE_TABLE": self._state.table_name,
                "SWITCHES_TABLE": self._switches.table.table_name,
                "QUEUE_URL": looks.queue.queue_url,
                "DEAD_LETTER_QUEUE_URL": looks.dead_letters.queue_url,
                "EVIDENCE_BUCKET": self._evidence.bucket.bucket_name,
                "EVENT_BUS": self._bus.event_bus_name,
                "TOPIC_ARN": self._topic.topic_arn,
            },
        )
        verify.function.add_environment("ROLE_ARN", verify.role.role_arn)
        for permission in self._may:
            verify.role.add_to_principal_policy(permission.statement())
        allow(verify.role, ["dynamodb:GetItem", "dynamodb:UpdateItem"], self._state.table_arn)
        self._switches.grant_read(verify.role)
        self._evidence.grant_append(verify.role)
        allow(verify.role, ["events:PutEvents"], self._bus.event_bus_arn)
        allow(verify.role, ["sns:Publish"], self._topic.topic_arn)
        allow(verify.role, ["sqs:SendMessage"], looks.queue.queue_arn, looks.dead_letters.queue_arn)
        verify.function.add_event_source(
            aws_lambda_event_sources.SqsEventSource(
                looks.queue,
                batch_size=10,
                max_concurrency=2,  # AWS allows an account 5 lists of endpoints a second
                report_batch_item_failures=True,
            )
        )
        return verify

    def _sweep_runtimes(self) -> GuardrailFunction:
        queue = self._looks.queue
        sweep = self._function(
            "SweepRuntimes",
            "sweep_runtimes",
            {
                "STATE_TABLE": self._state.table_name,
                "QUEUE_URL": queue.queue_url,
                "EVIDENCE_BUCKET": self._evidence.bucket.bucket_name,
            },
        )
        allow(sweep.role, [*LISTED], "*")
        table = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]
        allow(sweep.role, table, self._state.table_arn)
        self._evidence.grant_append(sweep.role)
        allow(sweep.role, ["sqs:SendMessage", "sqs:GetQueueAttributes"], queue.queue_arn)
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
            told=Told(self._evidence, self._bus, self._topic),
            break_glass=self._props.break_glass,
        )

    def _watch(self) -> None:
        alarms, looks = Alarms(self, "Alarms", topic=self._topic), self._looks
        alarms.above(
            "DeadLetters",
            looks.dead_letters.metric_approximate_number_of_messages_visible(period=Duration.minutes(5)),
            limit=0,
            meaning="A message could not be handled: read it on the dead-letter queue, then redrive or delete it.",
        )
        alarms.above(
            "QueueAge",
            looks.queue.metric_approximate_age_of_oldest_message(period=Duration.minutes(5)),
            limit=Duration.hours(1).to_seconds(),
            meaning="Looks wait for more than an hour: is verify_runtime throttled or failing?",
        )
        alarms.above(
            "SweepErrors",
            self._sweep.function.metric_errors(period=Duration.minutes(5)),
            limit=0,
            meaning="A sweep failed: lost events stay lost until one succeeds.",
        )
        self._back_out.watch(alarms)
        alarms.silent(
            "NoSweep",
            self._sweep.function.metric_invocations(period=Duration.minutes(2 * self._props.sweep_minutes)),
            meaning="No sweep ran in two intervals: is the schedule still enabled?",
        )

    def _exceptions(self) -> None:
        for function in (self._verify, self._sweep):
            except_from(function, "L1", "The runtime is set by context: python3.13 is what this version was made for.")
            except_from(function, "IAM5[Resource::*]", "The List actions of AgentCore have no resource type.")
        for construct in (self._verify, self._boundary):
            self._except_what_the_response_needs(construct)
        except_from(
            self,
            f"IAM5[Resource::<{logical_id(self._sweep.function)}.Arn>:*]",
            "CDK lets the scheduler's role invoke any version of the one sweep function.",
        )

    def _except_what_the_response_needs(self, construct: Construct) -> None:
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
            except_from(construct, f"IAM5[Resource::{resource}]", reason)

    def _warn(self) -> None:
        if self._props.mode is ResponseMode.REPAIR and self._props.pass_role_path == ANY_PATH:
            text = "REPAIR may pass any role to AgentCore; response.pass_role_path narrows it to the runtimes' own"
            Annotations.of(self).add_warning_v2("agentcore-guardrail:any-role", text)

    def _outputs(self) -> None:
        for name, value in {
            "EvidenceBucket": self._evidence.bucket.bucket_name,
            "QueueUrl": self._looks.queue.queue_url,
            "DeadLetterQueueUrl": self._looks.dead_letters.queue_url,
            "FindingsBus": self._bus.event_bus_name,
            "AlertsTopic": self._topic.topic_arn,
            "StateTable": self._state.table_name,
            "SwitchesTable": self._switches.table.table_name,
            "VerifyFunction": self._verify.function.function_name,
            "SweepFunction": self._sweep.function.function_name,
            "VerifyLogGroup": self._verify.log_group.log_group_name,
            "SweepLogGroup": self._sweep.log_group.log_group_name,
        }.items():
            CfnOutput(self, name, value=value)
