"""The answer to a custom resource's request, on the wire."""

import json
from dataclasses import replace

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.firewall.reconcile_request import parse_request
from guardrail.core.firewall.response_place import ResponsePlace
from guardrail.gateways.cloudformation import LONGEST_REASON, answer
from tests.builders import event
from tests.response_bucket import response_bucket


@pytest.fixture
def bucket():
    with response_bucket() as bucket:
        yield bucket


def request(bucket):
    sent = {**event("deploy_create", function="reconcile_pack"), "ResponseURL": bucket.url}
    return parse_request(sent, ResponsePlace("us-east-1", bucket.endpoint))


def test_success_is_put_to_the_address_with_what_the_request_named(bucket):
    answer(request(bucket), physical_id="firewall/192.0.2.1", failure=None, data={"Sync": "Synced"})

    [(path, content_type, document)] = bucket.received
    assert (path, content_type) == ("/answer?signature=a%2Fb", "")
    assert (document["Status"], document["Data"]) == ("SUCCESS", {"Sync": "Synced"})
    assert document["PhysicalResourceId"] == "firewall/192.0.2.1"
    named = event("deploy_create", function="reconcile_pack")
    assert {key: document[key] for key in ("StackId", "RequestId", "LogicalResourceId")} == {
        key: named[key] for key in ("StackId", "RequestId", "LogicalResourceId")
    }


def test_a_failure_is_put_with_its_reason_and_fits_into_four_kilobytes(bucket):
    answer(request(bucket), physical_id="firewall/192.0.2.1", failure="x" * 10_000, data={})

    [(_, _, document)] = bucket.received
    assert (document["Status"], document["Reason"]) == ("FAILED", "x" * LONGEST_REASON)
    assert len(json.dumps(document)) < 4_096


def test_nobody_leads_the_answer_elsewhere(bucket):
    bucket.statuses, bucket.elsewhere = [307], "/elsewhere"

    with pytest.raises(GatewayError, match="http-307"):
        answer(request(bucket), physical_id="x", failure=None, data={})

    assert [path for path, _, _ in bucket.received] == ["/answer?signature=a%2Fb"]


def test_a_bucket_that_stumbles_is_asked_again(bucket):
    bucket.statuses = [503]

    answer(request(bucket), physical_id="x", failure=None, data={})

    assert len(bucket.received) == 2


def test_a_bucket_that_refuses_is_a_clear_failure(bucket):
    bucket.statuses = [403]

    with pytest.raises(GatewayError, match=r"^cloudformation:PutResponse failed: http-403$"):
        answer(request(bucket), physical_id="x", failure=None, data={})


def test_an_address_where_nobody_listens_is_a_clear_failure_that_does_not_show_it(bucket):
    with pytest.raises(GatewayError, match=r"^cloudformation:PutResponse failed: \w+$"):
        answer(replace(request(bucket), response_url="http://["), physical_id="x", failure=None, data={})
