"""The topic with a key of the customer's, and without."""

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk.assertions import Template

from stacks.constructs.alerts_topic import AlertsTopic

KEY = "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d"


def made(key_arn):
    stack = Stack(App(), "Stack", env=Environment(account="111122223333", region="us-east-1"))
    alerts = AlertsTopic(stack, "Alerts", display_name="Alerts", key_arn=key_arn)
    [topic] = Template.from_stack(stack).find_resources("AWS::SNS::Topic").values()
    return alerts, topic["Properties"]


@pytest.mark.parametrize(("key_arn", "expected"), [(None, {}), (KEY, {"KmsMasterKeyId": KEY})])
def test_messages_are_kept_under_the_key_that_was_named_and_under_none_by_default(key_arn, expected):
    _, topic = made(key_arn)

    assert {name: value for name, value in topic.items() if name.startswith("Kms")} == expected


def test_with_a_key_whoever_publishes_may_use_it_through_the_topics_service():
    alerts, _ = made(KEY)
    publish, key = alerts.publish

    assert publish.actions == ("sns:Publish",)
    assert (key.actions, key.resources) == (("kms:Decrypt", "kms:GenerateDataKey"), (KEY,))
    assert key.conditions == {"StringLike": {"kms:ViaService": "sns.us-east-1.*"}}
    assert made(None)[0].publish[0].actions == ("sns:Publish",)
