"""One-time schedules: once, in UTC, deleted when they have run."""

import json

import pytest

from guardrail.core.errors import GatewayError
from guardrail.gateways.calendar import CalendarGateway, CalledBack
from tests.builders import NOW

TO = CalledBack(
    "group", "arn:aws:lambda:us-east-1:111122223333:function:f", "arn:aws:iam::111122223333:role/r", "arn:q"
)
COMMAND = {"command": "restore", "scope": "policy"}


@pytest.fixture
def calendar(aws):
    aws("scheduler").create_schedule_group(Name="group")
    return CalendarGateway(aws, TO)


def test_a_schedule_calls_the_function_with_the_command_at_the_time_and_deletes_itself(aws, calendar):
    calendar.put("end", NOW, COMMAND)
    calendar.put("end", NOW, COMMAND)

    found = aws("scheduler").get_schedule(GroupName="group", Name="end")
    assert found["ScheduleExpression"] == "at(2026-11-20T12:31:20)"
    assert found["ScheduleExpressionTimezone"] == "UTC"
    assert found["ActionAfterCompletion"] == "DELETE"
    assert found["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert json.loads(found["Target"]["Input"]) == COMMAND
    assert found["Target"]["DeadLetterConfig"] == {"Arn": "arn:q"}


def test_what_is_dropped_is_gone_and_what_is_gone_may_be_dropped(aws, calendar):
    calendar.put("end", NOW, COMMAND)
    calendar.drop("end")
    calendar.drop("end")

    assert not aws("scheduler").list_schedules(GroupName="group")["Schedules"]


def test_a_group_that_is_not_there_is_an_error(aws):
    with pytest.raises(GatewayError, match="scheduler:CreateSchedule failed"):
        CalendarGateway(aws, TO).put("end", NOW, COMMAND)
