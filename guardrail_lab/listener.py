"""Somebody who listens to the guardrail: a rule on its bus and a subscription to its topic, each to a queue."""

import json
import time
from collections.abc import Callable
from typing import Any

from guardrail_lab.cloud import LocalCloud
from guardrail_lab.deployment import Outputs

POLL_SECONDS = 0.05
OPEN_TO_SERVICES = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["events.amazonaws.com", "sns.amazonaws.com"]},
            "Action": "sqs:SendMessage",
            "Resource": "*",
        }
    ],
}
"""Where IAM is evaluated, a queue takes nothing from a service that its policy does not name."""


class Listener:
    """Keeps every finding and every message to people, in the order of their arrival."""

    def __init__(self, cloud: LocalCloud, outputs: Outputs) -> None:
        self._sqs = cloud.client("sqs")
        self._findings_url, findings_arn = self._queue("listener-findings")
        self._messages_url, messages_arn = self._queue("listener-messages")
        events = cloud.client("events")
        pattern = json.dumps({"source": ["agentcore.guardrail"], "detail-type": ["Runtime Verdict"]})
        events.put_rule(Name="listener", EventBusName=outputs.findings_bus, EventPattern=pattern)
        target = {"Id": "queue", "Arn": findings_arn}
        events.put_targets(Rule="listener", EventBusName=outputs.findings_bus, Targets=[target])
        sns = cloud.client("sns")
        sns.subscribe(TopicArn=outputs.alerts_topic, Protocol="sqs", Endpoint=messages_arn)
        self._findings: list[dict[str, Any]] = []

    def wait_for(self, runtime_id: str, matches: Callable[[dict[str, Any]], bool], *, seconds: float) -> dict[str, Any]:
        """Return the runtime's first finding (the event's detail) that matches.

        Raises:
            TimeoutError: None came in time.
        """
        deadline = time.monotonic() + seconds
        while True:
            for finding in self._findings:
                if finding["verdict"]["runtime_id"] == runtime_id and matches(finding["verdict"]):
                    return finding
            if time.monotonic() > deadline:
                raise TimeoutError(f"no such verdict on {runtime_id} within {seconds:.0f} s")
            self._findings += [json.loads(body)["detail"] for body in self._received(self._findings_url)]
            time.sleep(POLL_SECONDS)

    def messages(self) -> list[str]:
        """Return the messages to people that came since the last call."""
        return [json.loads(body)["Message"] for body in self._received(self._messages_url)]

    def _queue(self, name: str) -> tuple[str, str]:
        url = self._sqs.create_queue(QueueName=name, Attributes={"Policy": json.dumps(OPEN_TO_SERVICES)})["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
        return url, attributes["QueueArn"]

    def _received(self, url: str) -> list[str]:
        bodies = []
        while received := self._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            bodies += [message["Body"] for message in received]
            for message in received:
                self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies
