"""The queue of looks, the queue that a message came from, and the queue of messages that nobody could handle."""

import json
from collections.abc import Callable, Iterable
from itertools import islice

from guardrail.core.errors import GatewayError
from guardrail.core.runtimes.message import Look
from guardrail.gateways.aws import Client, failures_of

_BATCH = 10
_DEPTH = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
)


class QueueGateway:
    """Up to three SQS queues.

    Args:
        source_url: The queue that the messages come from; without it, the queue of looks.
    """

    def __init__(
        self, clients: Callable[[str], Client], looks_url: str, dead_letter_url: str = "", source_url: str = ""
    ) -> None:
        self._clients = clients
        self._looks_url = looks_url
        self._dead_letter_url = dead_letter_url
        self._source_url = source_url or looks_url

    def send(self, looks: Iterable[tuple[Look, int]]) -> None:
        """Send in batches of ten."""
        self._send(self._looks_url, looks)

    def send_back(self, look: Look, seconds: int) -> None:
        """Send a batch of one."""
        self._send(self._source_url, [(look, seconds)])

    def _send(self, url: str, looks: Iterable[tuple[Look, int]]) -> None:
        remaining = iter(looks)
        while batch := list(islice(remaining, _BATCH)):
            entries = [
                {"Id": str(position), "MessageBody": json.dumps(look.document()), "DelaySeconds": delay}
                for position, (look, delay) in enumerate(batch)
            ]
            with failures_of("sqs:SendMessageBatch"):
                answer = self._clients("sqs").send_message_batch(QueueUrl=url, Entries=entries)
            if answer.get("Failed"):
                raise GatewayError("sqs:SendMessageBatch", str(answer["Failed"][0].get("Code")), retryable=True)

    def bury(self, body: str, reason: str) -> None:
        """Send the body unchanged, with the reason as an attribute."""
        with failures_of("sqs:SendMessage"):
            self._clients("sqs").send_message(
                QueueUrl=self._dead_letter_url,
                MessageBody=body,
                MessageAttributes={"reason": {"DataType": "String", "StringValue": reason}},
            )

    def depth(self) -> int:
        """Add up what waits, what is delayed and what is being handled."""
        with failures_of("sqs:GetQueueAttributes"):
            answer = self._clients("sqs").get_queue_attributes(QueueUrl=self._looks_url, AttributeNames=list(_DEPTH))
        return sum(int(answer["Attributes"].get(name, 0)) for name in _DEPTH)
