import pytest
from botocore.exceptions import ClientError

from tests.guardrail_lab.arrange import policy


def send_a_batch_with_the_right_to_send(cloud, account):
    iam, queue = cloud.client("iam", account=account), cloud.client("sqs", account=account).create_queue(QueueName="q")
    iam.create_user(UserName="sender")
    iam.put_user_policy(UserName="sender", PolicyName="send", PolicyDocument=policy("Allow", "sqs:SendMessage"))
    sqs = cloud.client("sqs", account=account, keys=iam.create_access_key(UserName="sender")["AccessKey"])
    return sqs.send_message_batch(QueueUrl=queue["QueueUrl"], Entries=[{"Id": "0", "MessageBody": "{}"}])


def test_who_may_send_may_send_a_batch(guarded_cloud, account):
    assert send_a_batch_with_the_right_to_send(guarded_cloud, account)["Successful"]


def test_ministack_still_asks_for_an_action_that_iam_does_not_have(cloud_without, account):
    with pytest.raises(ClientError, match="AccessDenied"):
        send_a_batch_with_the_right_to_send(cloud_without("batch_actions", auth=True), account)
