"""Announcements reach machines and people, and people even when the bus fails."""

import json

import pytest

from guardrail.core.announcement import Announcement
from guardrail.core.errors import GatewayError
from guardrail.gateways.announcements import AnnouncementsGateway
from tests.deployed import deploy

SAID = Announcement(
    "Back-out", {"scope": "policy"}, "AgentCore guardrail: policy backed ou\u2713\n", ("One.", "Tw\x1bo\n.")
)


def test_people_get_a_message_that_cannot_steer_their_terminal(aws):
    deployed = deploy(aws)

    AnnouncementsGateway(aws, "findings", deployed.topic_arn).tell(SAID)

    assert deployed.mails() == ["One.\n\nTwo."]
    assert SAID.subject() == "AgentCore guardrail: policy backed ou?"


def test_people_are_told_even_when_the_bus_fails(aws):
    deployed = deploy(aws)

    with pytest.raises(GatewayError, match="events:PutEvents"):
        AnnouncementsGateway(aws, "x" * 300, deployed.topic_arn).tell(SAID)

    assert len(deployed.mails()) == 1


def test_machines_get_an_event_with_the_facts(aws):
    sent = []

    def keep(request, **_):
        sent.extend(json.loads(request.body)["Entries"])

    aws("events").meta.events.register_first("before-send.events.PutEvents", keep)
    AnnouncementsGateway(aws, "findings", deploy(aws).topic_arn).tell(SAID)
    aws("events").meta.events.unregister("before-send.events.PutEvents", keep)

    (entry,) = sent
    assert (entry["Source"], entry["DetailType"], entry["EventBusName"]) == (
        "agentcore.guardrail",
        "Back-out",
        "findings",
    )
    assert json.loads(entry["Detail"]) == {"scope": "policy"}
