import pytest
from botocore.exceptions import ClientError

from tests.guardrail_lab.arrange import policy


def send_as_the_only_role_that_may(cloud, account):
    """Send to a queue that denies everybody whose aws:PrincipalArn is not one role's ARN, as a session of that role."""
    iam, sqs = cloud.client("iam", account=account), cloud.client("sqs", account=account)
    trust = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}'
    )
    role = iam.create_role(RoleName="sender", Path="/ours/", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName="sender", PolicyName="all", PolicyDocument=policy("Allow", "*"))
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    others = {"ArnNotEquals": {"aws:PrincipalArn": [role]}}
    denied = policy("Deny", "sqs:SendMessage", Principal="*", Condition=others)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": denied})
    keys = cloud.client("sts", account=account).assume_role(RoleArn=role, RoleSessionName="somebody")["Credentials"]
    return cloud.client("sqs", account=account, keys=keys).send_message(QueueUrl=url, MessageBody="{}")


def test_a_session_is_known_by_its_role(guarded_cloud, account):
    assert send_as_the_only_role_that_may(guarded_cloud, account)["MessageId"]


def test_ministack_still_knows_a_session_by_its_own_arn(cloud_without, account):
    with pytest.raises(ClientError, match="AccessDenied"):
        send_as_the_only_role_that_may(cloud_without("principal_arn", auth=True), account)
