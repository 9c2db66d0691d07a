"""One message: looked at, recorded or buried; and whatever call fails, nothing is lost and nothing is kept twice."""

import json

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.runtimes.message import Look, Reason
from guardrail.flows.handle_message import handle_message
from tests.builders import NOW, PUBLIC, RUNTIME_ID, answer, endpoint, event, snapshot_document
from tests.fakes import FakeCloud, Journal
from tests.strategies import CANARY

COMPLIANT, DRIFTED = snapshot_document({1: None}, {"DEFAULT": 1}), snapshot_document({1: PUBLIC}, {"DEFAULT": 1})
CHANGING = snapshot_document({1: None}, {}, endpoints=[endpoint("DEFAULT", 1, 1, status="UPDATING")])
DORMANT = snapshot_document({1: PUBLIC, 2: None, 3: None}, {"DEFAULT": 3})


def handle(cloud, body, **journal):
    written = Journal(**journal)
    text = body if isinstance(body, str) else json.dumps(body)
    return handle_message(text, cloud.policy, cloud.world(written)), written.calls


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param(CANARY, "message: expected JSON", id="no JSON"),
        pytest.param("", "message: expected JSON", id="nothing"),
        pytest.param("[" * 100_000, "message: expected JSON", id="nested too deep"),
        pytest.param("1" * 5_000, "message: expected JSON", id="a number too long"),
        pytest.param(CANARY * 16_000, "message: expected JSON", id="256 KB of junk"),
        pytest.param(
            '{"a":"' + CANARY * 16_000 + '"}', "message: expected an EventBridge event, or version 1", id="as JSON"
        ),
        pytest.param(json.dumps(event("forged")), "message.source: expected aws.bedrock-agentcore", id="forged"),
        pytest.param(json.dumps(event("other_account")), "message: expected an event of account", id="other account"),
    ],
)
def test_a_message_that_nobody_can_handle_is_buried_once_unchanged_and_with_the_reason(body, why):
    cloud = FakeCloud()

    handled, calls = handle(cloud, body)

    assert calls == ["queue.bury"]
    ((buried, reason),) = cloud.queue.buried
    assert buried == body
    assert reason.startswith(why)
    assert (handled.text, handled.fields, handled.count) == ("message refused", {"why": reason}, "MessagesRefused")
    assert CANARY not in reason


@pytest.mark.parametrize(
    ("case", "kind", "about"),
    [
        ("create_denied", "denied-attempt", "runtime"),
        ("update_denied", "denied-attempt", "runtime"),
        ("create_harness", "change-not-judged", "harness"),
        ("create_capacity_provider", "change-not-judged", "capacity-provider"),
    ],
)
def test_an_event_that_changed_no_runtime_is_recorded_and_nothing_else(case, kind, about):
    cloud = FakeCloud()

    handled, calls = handle(cloud, event(case))
    handle(cloud, event(case))

    assert calls == ["evidence.append"]
    ((key, stored),) = cloud.evidence.records.items()
    assert key == f"{kind}/{about}/{event(case)['detail']['eventID']}.json"
    assert json.loads(stored)["cause"]["action"] == event(case)["detail"]["eventName"]
    assert handled.fields == {"record": kind, "action": event(case)["detail"]["eventName"], "kind": about}
    assert handled.count == "EventsRecorded"


def test_an_event_without_an_id_is_recorded_once_under_its_digest():
    cloud, nameless = FakeCloud(), event("create_denied")
    del nameless["detail"]["eventID"]

    handle(cloud, nameless)
    handle(cloud, nameless)

    (key,) = cloud.evidence.records
    assert len(key) == len("denied-attempt/runtime/.json") + 64


def test_a_look_is_told_in_the_fields_of_its_log_line():
    cloud = FakeCloud()
    cloud.agentcore.runtimes[RUNTIME_ID] = DRIFTED

    handled, _ = handle(cloud, event("update_to_public"))

    assert (handled.text, handled.count) == ("runtime judged", "NON_COMPLIANT")
    assert handled.fields == {
        "runtime_id": RUNTIME_ID,
        "did": "reported",
        "compliance": "NON_COMPLIANT",
        "rules": ["network-mode"],
        "step": "none",
        "attempt": 1,
        "looks_again": False,
        "event_age_seconds": 13.0,
    }


@pytest.mark.parametrize(
    ("time", "age"),
    [("2026-11-20T12:31:00Z", 20.0), ("2026-11-20T12:31:00", None), ("soon", None), (None, None), (7, None)],
)
def test_the_age_of_an_event_is_known_only_where_it_says_when_it_happened(time, age):
    message = event("update_to_public")
    message["detail"]["eventTime"] = time

    assert handle(FakeCloud(), message)[0].fields["event_age_seconds"] == age


def test_a_look_without_an_event_has_no_age():
    assert "event_age_seconds" not in handle(FakeCloud(), event("look_from_the_sweep"))[0].fields


def seen(cloud, document):
    cloud.agentcore.runtimes[RUNTIME_ID] = document
    handle(cloud, event("look_from_the_sweep"))


def drift(cloud):
    seen(cloud, COMPLIANT)
    cloud.agentcore.runtimes[RUNTIME_ID] = DRIFTED


def vanish(cloud):
    seen(cloud, DRIFTED)
    del cloud.agentcore.runtimes[RUNTIME_ID]


def appear(document):
    return lambda cloud: cloud.agentcore.runtimes.update({RUNTIME_ID: document})


SCENARIOS = [
    pytest.param(appear(DRIFTED), "update_to_public", id="a first verdict"),
    pytest.param(drift, "update_to_public", id="a changed verdict"),
    pytest.param(vanish, "delete_runtime", id="a runtime that is gone"),
    pytest.param(appear(CHANGING), "create_public", id="a runtime that still changes"),
    pytest.param(appear(DORMANT), "look_from_the_sweep", id="a sweep that finds a dormant version"),
    pytest.param(lambda cloud: None, "create_denied", id="a denied attempt"),
    pytest.param(lambda cloud: None, "forged", id="a forged message"),
    pytest.param(lambda cloud: seen(cloud, DRIFTED), "update_to_public", id="nothing new"),
]


def drained(prepare, case, redelivered_after=30, **journal):
    """What is left when a message came, failed at a call, came back, and all that it led to was handled, too."""
    cloud = FakeCloud()
    prepare(cloud)
    try:
        handle(cloud, event(case), **journal)
    except GatewayError:
        cloud.wait(redelivered_after)
        handle(cloud, event(case))
    while cloud.queue.waiting:
        look, delay = cloud.queue.waiting.pop(0)
        cloud.wait(delay)
        handle(cloud, look.document())
    return cloud


def outcome(cloud):
    return {
        "evidence": sorted(cloud.evidence.records),
        "reported": {
            (each.verdict.document()["digest"], each.previous, each.evidence) for each in cloud.findings.reported
        },
        "histories": cloud.state.histories,
        "leases": cloud.state.leased_until,
        "buried": set(cloud.queue.buried),
    }


@pytest.mark.parametrize("redelivered_after", [1, 180], ids=["at once", "after the lease ended"])
@pytest.mark.parametrize("after", [False, True], ids=["before its effect", "after its effect"])
@pytest.mark.parametrize(("prepare", "case"), SCENARIOS)
def test_whichever_call_fails_a_repeated_message_ends_in_the_same_state(prepare, case, after, redelivered_after):
    undisturbed = outcome(drained(prepare, case))
    cloud = FakeCloud()
    prepare(cloud)
    _, calls = handle(cloud, event(case))

    for index in range(len(calls)):
        assert outcome(drained(prepare, case, redelivered_after, fail_at=index, after=after)) == undisturbed


def test_a_failed_call_is_told_to_the_queue_so_that_the_message_comes_back():
    cloud = FakeCloud()
    cloud.agentcore.runtimes[RUNTIME_ID] = DRIFTED

    with pytest.raises(GatewayError, match=r"^evidence.append failed: Outage$"):
        handle(cloud, event("update_to_public"), fail_at=6)

    assert cloud.now == NOW
    assert not cloud.findings.reported
    assert not cloud.state.histories


def test_messages_out_of_order_and_twice_end_in_the_state_of_the_runtime_as_it_is():
    cloud = FakeCloud()
    cloud.agentcore.runtimes[RUNTIME_ID] = snapshot_document({2: None}, {"DEFAULT": 2}, runtime=answer(2))
    for case in ("delete_runtime", "update_to_public", "create_public", "update_to_public"):
        handle(cloud, event(case))

    assert [finding.verdict.compliance for finding in cloud.findings.reported] == ["COMPLIANT"]
    assert len(cloud.evidence.records) == 1


def test_an_operator_can_ask_for_a_look():
    cloud = FakeCloud()
    cloud.agentcore.runtimes[RUNTIME_ID] = DRIFTED

    handled, _ = handle(cloud, Look(RUNTIME_ID, Reason.OPERATOR).document())

    assert handled.count == "NON_COMPLIANT"
