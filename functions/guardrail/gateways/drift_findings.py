"""Drift of the firewall: an event on our own bus for machines, a message on a topic for people."""

import json
from collections.abc import Callable

from guardrail.core.errors import GatewayError
from guardrail.core.firewall.drift import DETAIL_TYPE, Drift
from guardrail.gateways.aws import Client, failures_of
from guardrail.gateways.findings import SOURCE


class DriftFindingsGateway:
    """Drift through EventBridge and SNS."""

    def __init__(self, clients: Callable[[str], Client], bus: str, topic: str) -> None:
        self._clients, self._bus, self._topic = clients, bus, topic

    def report(self, drift: Drift) -> None:
        entry = {
            "EventBusName": self._bus,
            "Source": SOURCE,
            "DetailType": DETAIL_TYPE,
            "Detail": json.dumps(drift.document(), sort_keys=True),
            "Resources": [],
        }
        with failures_of("events:PutEvents"):
            answer = self._clients("events").put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            raise GatewayError("events:PutEvents", str(answer["Entries"][0].get("ErrorCode")), retryable=True)
        with failures_of("sns:Publish"):
            self._clients("sns").publish(TopicArn=self._topic, Subject=drift.subject(), Message=drift.message())
