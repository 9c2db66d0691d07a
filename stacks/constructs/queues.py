"""The queues that feed a function, and where the messages go that it cannot handle."""

from collections.abc import Sequence

from aws_cdk import Duration, aws_iam, aws_lambda, aws_lambda_event_sources, aws_sqs
from constructs import Construct

from stacks.constructs.alarms import Alarms
from stacks.constructs.function import TIMEOUT
from stacks.constructs.grants import Permission

MAX_RECEIVES = 5
"""Tries at a message whose handling failed, before it goes to the dead letters."""

EVENT_MINUTES = 15
"""A message that fails counts until its third try, after 12 minutes; then SQS leaves it out of the age."""

LOOK_MINUTES = 30
"""A look of the sweep may have a delay of 15 minutes before."""

PERIOD = Duration.minutes(5)


def dead_letter_queue(scope: Construct) -> aws_sqs.Queue:
    """Make the encrypted queue of what nobody could handle, which is kept for as long as SQS keeps anything."""
    return aws_sqs.Queue(
        scope,
        "DeadLetters",
        retention_period=Duration.days(14),
        encryption=aws_sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
    )


class FeedingQueue(Construct):
    """An encrypted queue that feeds one function; a message that keeps failing goes to the dead letters."""

    def __init__(self, scope: Construct, construct_id: str, *, dead_letters: aws_sqs.IQueue) -> None:
        super().__init__(scope, construct_id)
        self.queue = aws_sqs.Queue(
            self,
            "Queue",
            retention_period=Duration.days(4),
            visibility_timeout=Duration.seconds(6 * TIMEOUT.to_seconds()),  # what AWS asks of a Lambda source
            encryption=aws_sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            dead_letter_queue=aws_sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=MAX_RECEIVES),
        )

    def receive(self) -> Permission:
        """Return what Lambda asks of the role of the function that the queue feeds."""
        operations = ("ReceiveMessage", "ChangeMessageVisibility", "GetQueueUrl", "DeleteMessage", "GetQueueAttributes")
        return Permission(tuple(f"sqs:{each}" for each in operations), (self.queue.queue_arn,))

    def feed(self, function: aws_lambda.Function) -> None:
        """Have the function called with batches of messages, of which it returns those that failed."""
        function.add_event_source(
            aws_lambda_event_sources.SqsEventSource(
                self.queue,
                batch_size=10,
                max_concurrency=2,  # the least there is; AWS allows an account 5 lists of endpoints a second
                report_batch_item_failures=True,
            )
        )


class Queues(Construct):
    """Two queues for one function, so that a flood on one keeps nothing on the other waiting, and their dead letters.

    Attributes:
        events: What EventBridge says has happened, as often as anybody cares to make it happen: hints.
        looks: What our own functions ask for, so many as there are runtimes: the guarantee.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = dead_letter_queue(self)
        self.events = FeedingQueue(self, "Events", dead_letters=self.dead_letters)
        self.looks = FeedingQueue(self, "Looks", dead_letters=self.dead_letters)

    def let_only_send(self, *, handler: str, sweep: str, operators: Sequence[str]) -> None:
        """Deny sending to everybody but these roles (ARNs), and AWS services where a rule of ours is allowed to.

        Operators send dead letters back to where they were.
        """
        _let_only_send(self.events.queue, [handler, *operators], services=True)
        _let_only_send(self.looks.queue, [handler, sweep, *operators], services=False)
        _let_only_send(self.dead_letters, [handler], services=True)

    def watch(self, alarms: Alarms) -> None:
        """Wake people when a message could not be handled, or when messages wait for longer than they should."""
        alarms.above(
            "DeadLetters",
            self.dead_letters.metric_approximate_number_of_messages_visible(period=PERIOD),
            limit=0,
            meaning="A message could not be handled: read it on the dead-letter queue, then redrive or delete it.",
        )
        alarms.above(
            "EventsQueueAge",
            self.events.queue.metric_approximate_age_of_oldest_message(period=PERIOD),
            limit=60 * EVENT_MINUTES,
            meaning=f"Events wait for more than {EVENT_MINUTES} minutes: a flood of calls? The sweep still asks.",
        )
        alarms.above(
            "LooksQueueAge",
            self.looks.queue.metric_approximate_age_of_oldest_message(period=PERIOD),
            limit=60 * LOOK_MINUTES,
            meaning=f"Looks wait for more than {LOOK_MINUTES} minutes: is verify_runtime throttled or failing?",
        )


def _let_only_send(queue: aws_sqs.Queue, senders: Sequence[str], *, services: bool) -> None:
    nobody_else = {"ArnNotEquals": {"aws:PrincipalArn": list(senders)}}
    no_service = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
    queue.add_to_resource_policy(
        aws_iam.PolicyStatement(
            sid="OnlyOurOwn",
            effect=aws_iam.Effect.DENY,
            principals=[aws_iam.AnyPrincipal()],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions={**nobody_else, **(no_service if services else {})},
        )
    )
