import json

import pytest

from guardrail.core.errors import GatewayError
from guardrail_lab.controller.faults import Fault, Kind
from guardrail_lab.controller.seed import AGENTCORE_VPC
from guardrail_lab.controller.web import WebReply

NEW = {"gw_name": "new-spoke", "vpc_id": AGENTCORE_VPC, "account_name": "agentcore", "vpc_region": "us-east-2"}


def test_a_job_is_asked_after_until_it_is_done(lab):
    client, now = lab.client(), [0.0]
    lab.simulator.sim.clock, lab.simulator.sim.timing.job = lambda: now[0], 25
    client.jobs._sleep = lambda seconds: now.__setitem__(0, now[0] + seconds)

    results = client.jobs.wait(client.jobs.start("create_multicloud_primary_gateway", NEW))

    assert results == "Successfully created Gateway new-spoke."
    assert [call.name for call in lab.calls].count("check_task_status") == 4
    assert now == [30.0]


def test_a_proxys_page_or_a_reasonless_answer_is_no_end_of_a_job(lab):
    client = lab.client()
    request_id = client.jobs.start("create_multicloud_primary_gateway", NEW)
    lab.simulator.faults.add(Fault(Kind.STATUS, only="check_task_status", status=502))
    answers = [WebReply(200, b'{"return": false, "reason": ""}')]
    lab.answer = lambda request: answers.pop() if answers else lab.simulator.handle(request)

    assert client.jobs.wait(request_id) == "Successfully created Gateway new-spoke."
    assert lab.pauses == [10, 10]


def test_a_job_that_fails_is_an_error(lab):
    client = lab.client()
    request_id = client.jobs.start("delete_container", {"gw_name": "nobody"})

    with pytest.raises(GatewayError, match=r"^controller:check_task_status failed: not-found$"):
        client.jobs.wait(request_id)


def test_a_job_that_does_not_end_is_an_error_that_may_pass(lab):
    client = lab.client()
    lab.simulator.sim.timing.job = 1e9
    request_id = client.jobs.start("create_multicloud_primary_gateway", NEW)

    with pytest.raises(GatewayError, match="job-unfinished") as failed:
        client.jobs.wait(request_id, polls=3)

    assert failed.value.retryable
    assert lab.pauses == [10, 10]


@pytest.mark.parametrize("results", [{"request_id": "r-1"}, "r-1"])
def test_a_request_id_comes_in_two_forms(lab, results):
    client = lab.client()
    client.posture.version()
    lab.answer = lambda _: WebReply(200, json.dumps({"return": True, "results": results}).encode())

    assert client.jobs.start("x", {}) == "r-1"


@pytest.mark.parametrize("results", [None, "", 5, {}, {"request_id": 5}])
def test_anything_else_is_no_request_id(lab, results):
    client = lab.client()
    client.posture.version()
    lab.answer = lambda _: WebReply(200, json.dumps({"return": True, "results": results}).encode())

    with pytest.raises(GatewayError, match="answer-unexpected"):
        client.jobs.start("x", {})
