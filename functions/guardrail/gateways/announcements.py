"""Announcements: an event on our own bus for machines, a message on a topic for people."""

import json
from collections.abc import Callable

from guardrail.core.announcement import Announcement
from guardrail.core.errors import GatewayError
from guardrail.gateways.aws import Client, failures_of
from guardrail.gateways.findings import SOURCE


class AnnouncementsGateway:
    """Announcements through EventBridge and SNS; people are told even when the bus fails."""

    def __init__(self, clients: Callable[[str], Client], bus: str, topic: str) -> None:
        self._clients, self._bus, self._topic = clients, bus, topic

    def tell(self, announcement: Announcement) -> None:
        try:
            self._put(announcement)
        finally:
            with failures_of("sns:Publish"):
                self._clients("sns").publish(
                    TopicArn=self._topic, Subject=announcement.subject(), Message=announcement.message()
                )

    def _put(self, announcement: Announcement) -> None:
        entry = {
            "EventBusName": self._bus,
            "Source": SOURCE,
            "DetailType": announcement.kind,
            "Detail": json.dumps(dict(announcement.detail), sort_keys=True),
        }
        with failures_of("events:PutEvents"):
            answer = self._clients("events").put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            raise GatewayError("events:PutEvents", str(answer["Entries"][0].get("ErrorCode")), retryable=True)
