"""The firewall of one controller: the pack is applied on deploy, compared on schedule, and what drifts is reported."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_cdk import (
    CfnOutput,
    Duration,
    Environment,
    RemovalPolicy,
    Stack,
    aws_events,
    aws_lambda,
    aws_scheduler,
    aws_scheduler_targets,
)
from constructs import Construct

from stacks.constructs.alarms import Alarms
from stacks.constructs.alerts_topic import AlertsTopic
from stacks.constructs.back_out import BackOut
from stacks.constructs.evidence_bucket import EvidenceBucket, RetentionMode
from stacks.constructs.function import GuardrailFunction
from stacks.constructs.grants import Permission, reading_secret
from stacks.constructs.our_controller import OurController
from stacks.constructs.pack_asset import PackAsset
from stacks.constructs.private_network import INTERFACES, PrivateNetwork
from stacks.constructs.reconciled import Reconciled
from stacks.constructs.state_table import state_table
from stacks.constructs.switches import Switches
from stacks.constructs.told import Told
from stacks.exceptions import except_from, logical_id

TIMEOUT = Duration.minutes(10)
"""A first apply is some 25 calls; a controller may take seconds for each, and a minute for one that hangs."""

FAILURES_IN_A_ROW = 3
"""Runs that fail, because the controller does not answer or for any other reason, before people are woken."""


@dataclass(frozen=True, slots=True)
class FirewallProps:
    """What a platform engineer decides about one controller.

    Attributes:
        account, region: Of the network account, where the controller is.
        controller: Its https address.
        secret_arn: Secrets Manager's secret with its login.
        secret_key_arn: The customer's own KMS key that the secret is encrypted with, or None.
        alerts_key_arn: The customer's own KMS key for the topic, or None.
        ca_certificate: PEM text of the only CA to trust for it; "" for the system's, or the secret's own.
        pack_directory: Where pack.yaml is; None for the shipped one.
        bindings: The file with the landing zone's own values.
        runtime_subnets: Of the landing zone; their route tables show whether a gateway is in the path.
        break_glass: ARNs of principals that may assume a role for backing out and nothing else; none, no role.
        schedule_minutes: Minutes between two comparisons.
        heal: Whether drift is undone; without it, it is only reported.
        change_window: When healing may let more through; None for always.
        accept_controller_wide: Whether a change of the controller-wide default action to DENY is accepted.
        network: Where the function is to be, for controllers that are reached from a VPC only.
    """

    account: str
    region: str
    controller: str
    secret_arn: str
    secret_key_arn: str | None
    alerts_key_arn: str | None
    ca_certificate: str
    spoke_gateway: str | None
    pack_directory: Path | None
    bindings: Path
    runtime_subnets: tuple[str, ...]
    break_glass: tuple[str, ...]
    schedule_minutes: int
    heal: bool
    change_window: Mapping[str, Any] | None
    accept_controller_wide: bool
    network: PrivateNetwork | None
    evidence_mode: RetentionMode
    evidence_days: int
    runtime: str


class FirewallStack(Stack):
    """One controller's reconciler with its own table, switches, evidence and topic; it lives in the network account.

    Args:
        pack: The bound pack as JSON, loaded and checked by app.py.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        props: FirewallProps,
        pack: Mapping[str, Any],
        code: aws_lambda.Code,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            description="Keeps a policy pack on an Aviatrix controller",
            env=Environment(account=props.account, region=props.region),
        )
        self._props, self._code = props, code
        self._pack = PackAsset(self, "Pack", document={"pack": pack, "ca_certificate": props.ca_certificate})
        # Without the record of what was applied, nobody knows what a uuid in an old log line was.
        self._state = state_table(self, "State", removal_policy=RemovalPolicy.RETAIN)
        self._switches = Switches(self, "Switches")
        self._told = Told(
            EvidenceBucket(self, "Evidence", mode=props.evidence_mode, days=props.evidence_days),
            aws_events.EventBus(self, "Findings", description="Drift of the AgentCore firewall"),
            AlertsTopic(self, "Alerts", display_name="AgentCore firewall", key_arn=props.alerts_key_arn),
        )
        self._reconcile = self._reconcile_pack()
        self._back_out = self._way_out(pack)
        self._told.evidence.let_only_append([self._reconcile.role, self._back_out.function.role])
        self._on_deploy_and_on_schedule()
        self._watch()
        self._exceptions()
        self._outputs()

    def _reconcile_pack(self) -> GuardrailFunction:
        props = self._props
        reconcile = GuardrailFunction(
            self,
            "ReconcilePack",
            name="reconcile_pack",
            code=self._code,
            runtime=aws_lambda.Runtime(props.runtime, aws_lambda.RuntimeFamily.PYTHON),
            timeout=TIMEOUT,
            environment=self._environment(),
            permissions=self._may_reconcile(),
        )
        reconcile.function.configure_async_invoke(retry_attempts=0)  # the next run comes soon enough
        if props.network:
            props.network.place(reconcile)
        return reconcile

    def _may_reconcile(self) -> tuple[Permission, ...]:
        props = self._props
        return (
            self._pack.read,
            self._switches.read,
            *reading_secret(props.secret_arn, props.secret_key_arn),
            Permission(("dynamodb:GetItem", "dynamodb:UpdateItem"), (self._state.table_arn,)),
            *self._told.permissions(),
            *([INTERFACES] if props.network else []),
        )

    def _environment(self) -> dict[str, str]:
        props = self._props
        optional = {"CHANGE_WINDOW": props.change_window and json.dumps(props.change_window, separators=(",", ":"))}
        return {
            "CONTROLLER": props.controller,
            "CONTROLLER_SECRET": props.secret_arn,
            "HEAL": str(props.heal).lower(),
            "ACCEPT_CONTROLLER_WIDE": str(props.accept_controller_wide).lower(),
            "STATE_TABLE": self._state.table_name,
            "SWITCHES_TABLE": self._switches.table.table_name,
            **self._told.environment(),
            **self._pack.environment,
            **{name: value for name, value in optional.items() if value},
        }

    def _way_out(self, pack: Mapping[str, Any]) -> BackOut:
        """The function that backs out of the rules, and of the path where a gateway is named."""
        props = self._props
        gateway = props.spoke_gateway or pack["spoke_gateway"]
        back_out = BackOut(
            self,
            "BackOut",
            code=self._code,
            runtime=aws_lambda.Runtime(props.runtime, aws_lambda.RuntimeFamily.PYTHON),
            switches=self._switches,
            told=self._told,
            controller=OurController(
                address=props.controller,
                secret_arn=props.secret_arn,
                secret_key_arn=props.secret_key_arn,
                prefix=pack["prefix"],
                gateways=(gateway,) if gateway else (),
                runtime_subnets=props.runtime_subnets,
                lease_table_arn=self._state.table_arn,
                lease_table=self._state.table_name,
                pack=self._pack,
                network=props.network,
            ),
            break_glass=props.break_glass,
        )
        if props.network:
            props.network.place(back_out.function)
        return back_out

    def _on_deploy_and_on_schedule(self) -> None:
        reconciled = Reconciled(
            self,
            "Reconciled",
            function=self._reconcile,
            timeout=TIMEOUT,
            properties={"Controller": self._props.controller, "Pack": self._pack.digest},
            after=self._told.evidence,
        )
        schedule = aws_scheduler.Schedule(
            self,
            "CompareSchedule",
            description="AgentCore guardrail: compare the controller with the policy pack",
            schedule=aws_scheduler.ScheduleExpression.rate(Duration.minutes(self._props.schedule_minutes)),
            target=aws_scheduler_targets.LambdaInvoke(
                self._reconcile.function,
                retry_attempts=0,
                input=aws_scheduler.ScheduleTargetInput.from_object({"command": "keep"}),
            ),
        )
        schedule.node.add_dependency(reconciled)

    def _watch(self) -> None:
        alarms, function = Alarms(self, "Alarms", topic=self._told.alerts.topic), self._reconcile.function
        interval = self._props.schedule_minutes
        alarms.above(
            "ReconcileErrors",
            function.metric_errors(period=Duration.minutes(FAILURES_IN_A_ROW * interval), statistic="Sum"),
            limit=FAILURES_IN_A_ROW - 1,
            meaning="The controller could not be compared with its pack several times: nobody knows what it has.",
        )
        self._back_out.watch(alarms)
        alarms.silent(
            "NoReconcile",
            function.metric_invocations(period=Duration.minutes(2 * interval)),
            meaning="No comparison ran in two intervals: is the schedule still enabled?",
        )

    def _exceptions(self) -> None:
        except_from(
            self,
            f"IAM5[Resource::<{logical_id(self._reconcile.function)}.Arn>:*]",
            "CDK lets the scheduler's role invoke any version of the one function.",
        )

    def _outputs(self) -> None:
        for name, value in {
            "ReconcileFunction": self._reconcile.function.function_name,
            "ReconcileLogGroup": self._reconcile.log_group.log_group_name,
            "EvidenceBucket": self._told.evidence.bucket.bucket_name,
            "FindingsBus": self._told.bus.event_bus_name,
            "AlertsTopic": self._told.alerts.topic.topic_arn,
            "StateTable": self._state.table_name,
            "SwitchesTable": self._switches.table.table_name,
        }.items():
            CfnOutput(self, name, value=value)
