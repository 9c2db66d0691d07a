"""The queue of looks, and where messages go that nobody can handle."""

from collections.abc import Sequence

from aws_cdk import Duration, aws_iam, aws_sqs
from constructs import Construct

from stacks.constructs.function import TIMEOUT

MAX_RECEIVES = 5
"""Tries at a message whose handling failed, before it goes to the dead letters."""


class LookQueue(Construct):
    """Two encrypted queues, on which nobody but EventBridge (our rules) and our own roles can put a message."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = aws_sqs.Queue(
            self,
            "DeadLetters",
            retention_period=Duration.days(14),
            encryption=aws_sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )
        self.queue = aws_sqs.Queue(
            self,
            "Queue",
            retention_period=Duration.days(4),
            visibility_timeout=Duration.seconds(6 * TIMEOUT.to_seconds()),  # what AWS asks of a Lambda source
            encryption=aws_sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            dead_letter_queue=aws_sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=MAX_RECEIVES),
        )

    def let_only_send(self, senders: Sequence[str]) -> None:
        """Deny sending to everybody but these principals and AWS services; of those, only granted rules may."""
        for queue in (self.queue, self.dead_letters):
            queue.add_to_resource_policy(
                aws_iam.PolicyStatement(
                    sid="OnlyOurOwn",
                    effect=aws_iam.Effect.DENY,
                    principals=[aws_iam.AnyPrincipal()],
                    actions=["sqs:SendMessage"],
                    resources=[queue.queue_arn],
                    conditions={
                        "ArnNotEquals": {"aws:PrincipalArn": list(senders)},
                        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                    },
                )
            )
