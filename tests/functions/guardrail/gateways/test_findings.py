"""A finding reaches machines through the bus, and people through the topic."""

import io
import json

import pytest
from botocore.awsrequest import AWSResponse
from urllib3 import HTTPResponse

from guardrail.core.errors import GatewayError
from guardrail.core.runtimes.finding import Finding
from guardrail.core.runtimes.verdict import judge
from guardrail.gateways.findings import FindingsGateway
from tests.builders import ACCOUNT, NOW, PUBLIC, REGION, RUNTIME_ARN, RUNTIME_ID, snapshot, zone


def finding(network, **changes):
    verdict = judge(snapshot({1: network}, {"DEFAULT": 1}, **changes), zone())
    return Finding(ACCOUNT, REGION, verdict, None, "", "s3://evidence/x", NOW)


@pytest.fixture
def entries(aws):
    """What is put on the bus, as it goes over the wire."""
    sent = []

    def keep(request, **_):
        sent.extend(json.loads(request.body)["Entries"])

    aws("events").meta.events.register_first("before-send.events.PutEvents", keep)
    yield sent
    aws("events").meta.events.unregister("before-send.events.PutEvents", keep)


@pytest.fixture
def mails(aws):
    """A topic that mails into a queue: its ARN, and a function that reads the queue."""
    aws("events").create_event_bus(Name="findings")
    topic = aws("sns").create_topic(Name="findings")["TopicArn"]
    url = aws("sqs").create_queue(QueueName="people")["QueueUrl"]
    arn = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

    def read():
        messages = aws("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in messages]

    return topic, read


def test_a_verdict_that_is_wrong_reaches_machines_and_people(aws, mails, entries):
    topic, read = mails
    reported = finding(PUBLIC)

    FindingsGateway(aws, "findings", topic).report(reported)

    (entry,) = entries
    assert json.loads(entry.pop("Detail")) == reported.document()
    assert entry == {
        "EventBusName": "findings",
        "Source": "agentcore.guardrail",
        "DetailType": "Runtime Verdict",
        "Resources": [RUNTIME_ARN],
    }
    (mail,) = read()
    assert (mail["Subject"], mail["Message"]) == (f"AgentCore {RUNTIME_ID}: NON_COMPLIANT", reported.message())


def test_a_runtime_that_is_fine_from_the_beginning_wakes_nobody(aws, mails, entries):
    topic, read = mails

    FindingsGateway(aws, "findings", topic).report(finding(None))

    assert [json.loads(entry["Detail"])["verdict"]["compliance"] for entry in entries] == ["COMPLIANT"]
    assert read() == []


def test_a_runtime_without_an_arn_is_reported_without_a_resource(aws, mails, entries):
    nameless = finding(None, runtime={"error": "AccessDeniedException"}, versions={}, endpoints=[])

    FindingsGateway(aws, "findings", mails[0]).report(nameless)

    assert entries[0]["Resources"] == []


def test_an_entry_that_the_bus_refuses_is_a_failure_and_people_are_not_told_yet(aws, mails):
    topic, read = mails
    body = b'{"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}'

    def refuse(request, **_):
        return AWSResponse(request.url, 200, {}, HTTPResponse(io.BytesIO(body), preload_content=False))

    aws("events").meta.events.register_first("before-send.events.PutEvents", refuse)
    try:
        with pytest.raises(GatewayError, match=r"^events:PutEvents failed: InternalFailure$") as failed:
            FindingsGateway(aws, "findings", topic).report(finding(PUBLIC))
    finally:
        aws("events").meta.events.unregister("before-send.events.PutEvents", refuse)

    assert failed.value.retryable
    assert read() == []


def test_a_topic_that_is_not_there_is_a_clear_failure(aws, mails):
    with pytest.raises(GatewayError, match=r"^sns:Publish failed: NotFound"):
        FindingsGateway(aws, "findings", f"arn:aws:sns:{REGION}:{ACCOUNT}:gone").report(finding(PUBLIC))
