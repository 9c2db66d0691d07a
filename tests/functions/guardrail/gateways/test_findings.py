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
from tests.deployed import deploy


def finding(network, **changes):
    verdict = judge(snapshot({1: network}, {"DEFAULT": 1}, **changes), zone())
    return Finding(ACCOUNT, REGION, verdict, None, "", "s3://evidence/x", NOW)


@pytest.fixture
def stack(aws):
    return deploy(aws)


def test_a_verdict_that_is_wrong_reaches_machines_and_people(aws, stack, entries):
    reported = finding(PUBLIC)

    FindingsGateway(aws, "findings", stack.topic_arn).report(reported)

    (entry,) = entries
    assert json.loads(entry.pop("Detail")) == reported.document()
    assert entry == {
        "EventBusName": "findings",
        "Source": "agentcore.guardrail",
        "DetailType": "Runtime Verdict",
        "Resources": [RUNTIME_ARN],
    }
    (mail,) = (json.loads(message["Body"]) for message in stack.messages(stack.mail_url))
    assert (mail["Subject"], mail["Message"]) == (f"AgentCore {RUNTIME_ID}: NON_COMPLIANT", reported.message())


def test_a_runtime_that_is_fine_from_the_beginning_wakes_nobody(aws, stack, entries):
    FindingsGateway(aws, "findings", stack.topic_arn).report(finding(None))

    assert [json.loads(entry["Detail"])["verdict"]["compliance"] for entry in entries] == ["COMPLIANT"]
    assert stack.mails() == []


def test_a_runtime_without_an_arn_is_reported_without_a_resource(aws, stack, entries):
    nameless = finding(None, runtime={"error": "AccessDeniedException"}, versions={}, endpoints=[])

    FindingsGateway(aws, "findings", stack.topic_arn).report(nameless)

    assert entries[0]["Resources"] == []


def test_an_entry_that_the_bus_refuses_is_a_failure_and_people_are_not_told_yet(aws, stack):
    body = b'{"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}'

    def refuse(request, **_):
        return AWSResponse(request.url, 200, {}, HTTPResponse(io.BytesIO(body), preload_content=False))

    aws("events").meta.events.register_first("before-send.events.PutEvents", refuse)
    try:
        with pytest.raises(GatewayError, match=r"^events:PutEvents failed: InternalFailure$") as failed:
            FindingsGateway(aws, "findings", stack.topic_arn).report(finding(PUBLIC))
    finally:
        aws("events").meta.events.unregister("before-send.events.PutEvents", refuse)

    assert failed.value.retryable
    assert stack.mails() == []


def test_a_topic_that_is_not_there_is_a_clear_failure(aws, stack):
    with pytest.raises(GatewayError, match=r"^sns:Publish failed: NotFound"):
        FindingsGateway(aws, "findings", f"{stack.topic_arn}-not").report(finding(PUBLIC))
