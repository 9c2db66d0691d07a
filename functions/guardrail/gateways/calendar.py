"""One-time schedules that call our own function again."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from guardrail.gateways.aws import Client, error_code, failures_of

_NO_LONGER_THERE = "ResourceNotFoundException"
_THERE_ALREADY = "ConflictException"


@dataclass(frozen=True, slots=True)
class CalledBack:
    """Who calls whom.

    Attributes:
        group: Name of the group of schedules.
        function_arn: Of our own function.
        role_arn: Of the role that the scheduler invokes it with.
        dead_letters_arn: Of the queue for calls that the function could not be reached with.
    """

    group: str
    function_arn: str
    role_arn: str
    dead_letters_arn: str


class CalendarGateway:
    """EventBridge Scheduler. A schedule deletes itself once it has run."""

    def __init__(self, clients: Callable[[str], Client], called_back: CalledBack) -> None:
        self._clients, self._to = clients, called_back

    def put(self, name: str, at: datetime, command: Mapping[str, Any]) -> None:
        target = {
            "Arn": self._to.function_arn,
            "RoleArn": self._to.role_arn,
            "Input": json.dumps(command, sort_keys=True),
            "DeadLetterConfig": {"Arn": self._to.dead_letters_arn},
            "RetryPolicy": {"MaximumRetryAttempts": 10, "MaximumEventAgeInSeconds": 3600},
        }
        with failures_of("scheduler:CreateSchedule"):
            try:
                self._clients("scheduler").create_schedule(
                    Name=name,
                    GroupName=self._to.group,
                    ScheduleExpression=f"at({at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})",
                    ScheduleExpressionTimezone="UTC",
                    FlexibleTimeWindow={"Mode": "OFF"},
                    ActionAfterCompletion="DELETE",
                    Target=target,
                )
            except ClientError as error:
                if error_code(error) != _THERE_ALREADY:
                    raise

    def drop(self, name: str) -> None:
        with failures_of("scheduler:DeleteSchedule"):
            try:
                self._clients("scheduler").delete_schedule(Name=name, GroupName=self._to.group)
            except ClientError as error:
                if error_code(error) != _NO_LONGER_THERE:
                    raise
