import pytest
from botocore.exceptions import ClientError

from tests.guardrail_lab.arrange import policy

TARGET = {"Arn": "arn:aws:lambda:us-east-1:000000000000:function:f", "RoleArn": "arn:aws:iam::000000000000:role/r"}


def schedule_as_somebody_who_may_in_one_group(cloud, account, group="ours"):
    """Make and delete a schedule with the right to those of one group."""
    iam, scheduler = cloud.client("iam", account=account), cloud.client("scheduler", account=account)
    for name in ("ours", "theirs"):
        scheduler.create_schedule_group(Name=name)
    actions = ["scheduler:CreateSchedule", "scheduler:DeleteSchedule"]
    trust = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}'
    )
    role = iam.create_role(RoleName="planner", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    resource = f"arn:aws:scheduler:us-east-1:{account}:schedule/ours/*"
    allowed = policy("Allow", actions, Resource=resource)
    passing = policy("Allow", "iam:PassRole")
    iam.put_role_policy(RoleName="planner", PolicyName="schedules", PolicyDocument=allowed)
    iam.put_role_policy(RoleName="planner", PolicyName="roles", PolicyDocument=passing)
    keys = cloud.client("sts", account=account).assume_role(RoleArn=role, RoleSessionName="somebody")["Credentials"]
    planner = cloud.client("scheduler", account=account, keys=keys)
    planner.create_schedule(
        Name="s",
        GroupName=group,
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=TARGET,
    )
    planner.delete_schedule(Name="s", GroupName=group)
    return scheduler.list_schedules()["Schedules"]


def test_the_right_to_the_schedules_of_a_group_is_enough(guarded_cloud, account):
    assert schedule_as_somebody_who_may_in_one_group(guarded_cloud, account) == []


def test_it_is_not_one_to_those_of_another_group(guarded_cloud, account):
    with pytest.raises(ClientError, match="AccessDenied"):
        schedule_as_somebody_who_may_in_one_group(guarded_cloud, account, "theirs")


def test_ministack_still_puts_every_schedule_into_the_default_group(cloud_without, account):
    with pytest.raises(ClientError, match="AccessDenied"):
        schedule_as_somebody_who_may_in_one_group(cloud_without("schedule_arn", auth=True), account)
