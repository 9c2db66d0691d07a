"""Findings: an event on our own bus for machines, a message on a topic for people."""

import json
from collections.abc import Callable

from guardrail.core.errors import GatewayError
from guardrail.core.runtimes.finding import Finding
from guardrail.gateways.aws import Client, failures_of

SOURCE = "agentcore.guardrail"


class FindingsGateway:
    """Findings through EventBridge and SNS."""

    def __init__(self, clients: Callable[[str], Client], bus: str, topic: str) -> None:
        self._clients = clients
        self._bus = bus
        self._topic = topic

    def report(self, finding: Finding) -> None:
        """Put the event, and publish the message when it is for people."""
        entry = {
            "EventBusName": self._bus,
            "Source": SOURCE,
            "DetailType": finding.kind.value,
            "Detail": json.dumps(finding.document(), sort_keys=True),
            "Resources": [arn] if (arn := finding.verdict.runtime_arn) else [],
        }
        with failures_of("events:PutEvents"):
            answer = self._clients("events").put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            raise GatewayError("events:PutEvents", str(answer["Entries"][0].get("ErrorCode")), retryable=True)
        if finding.is_for_people:
            with failures_of("sns:Publish"):
                self._clients("sns").publish(TopicArn=self._topic, Subject=finding.subject(), Message=finding.message())
