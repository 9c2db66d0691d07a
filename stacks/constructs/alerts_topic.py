"""The topic on which people are told; somebody has to subscribe to it."""

from aws_cdk import Stack, aws_iam, aws_kms, aws_sns
from constructs import Construct

from stacks.constructs.grants import Permission, through


class AlertsTopic(Construct):
    """A topic that refuses plain HTTP and takes messages of the account's alarms.

    Args:
        key_arn: The customer's own KMS key that messages are kept under, or None. Its policy has to let CloudWatch use
            it, or alarms are lost: a stack cannot change the policy of a key that is not its own.

    Attributes:
        publish: What a function of ours needs to publish.
    """

    def __init__(self, scope: Construct, construct_id: str, *, display_name: str, key_arn: str | None) -> None:
        super().__init__(scope, construct_id)
        key = aws_kms.Key.from_key_arn(self, "Key", key_arn) if key_arn else None
        self.topic = aws_sns.Topic(self, "Topic", display_name=display_name, enforce_ssl=True, master_key=key)
        self.publish = self._publish(key_arn)
        self.topic.add_to_resource_policy(
            aws_iam.PolicyStatement(
                sid="OurAlarms",
                principals=[aws_iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            )
        )

    def _publish(self, key_arn: str | None) -> tuple[Permission, ...]:
        publish = Permission(("sns:Publish",), (self.topic.topic_arn,))
        if key_arn is None:
            return (publish,)
        use_key = Permission(("kms:Decrypt", "kms:GenerateDataKey"), (key_arn,), through("sns", Stack.of(self).region))
        return publish, use_key
