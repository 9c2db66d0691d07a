"""However many events anybody makes, the queue of looks holds our own looks only, and the sweep still asks."""

import pytest

from guardrail.core.runtimes.message import Look, Reason
from guardrail.core.runtimes.trail import parse_event
from guardrail.flows.runtime_world import LEASE_SECONDS
from guardrail.flows.sweep_runtimes import BACKLOG, sweep_runtimes
from guardrail.flows.verify_runtime import verify_runtime
from tests.builders import RUNTIME_ID, answer, event, snapshot_document
from tests.fakes import FakeCloud, Journal
from tests.functions.guardrail.flows.test_contain_runtime import Scene

EVENT = Look(RUNTIME_ID, None, event=parse_event(event("update_to_public")))
FLOOD = range(BACKLOG + 1)


@pytest.fixture
def cloud():
    """One with a compliant runtime that AgentCore still changes."""
    cloud = FakeCloud()
    changing = answer(1, status="UPDATING")
    cloud.agentcore.runtimes[RUNTIME_ID] = snapshot_document({1: None}, {"DEFAULT": 1}, runtime=changing)
    cloud.queue.from_events = True
    return cloud


def look(cloud, message=EVENT):
    return verify_runtime(message, cloud.policy, cloud.world(Journal()))


def test_a_flood_of_events_about_a_runtime_that_changes_waits_among_the_events_and_the_sweep_asks(cloud):
    for _ in FLOOD:
        look(cloud)

    swept = sweep_runtimes(cloud.sweep_world(Journal()))

    assert len(cloud.queue.events) == len(FLOOD)
    assert (swept.asked, swept.skipped) == (1, False)
    assert [each for each, _ in cloud.queue.waiting] == [Look(RUNTIME_ID, Reason.SWEEP)]


def test_a_flood_of_events_that_meet_a_held_lease_waits_among_the_events(cloud):
    cloud.state.lease(RUNTIME_ID, cloud.now, LEASE_SECONDS)

    assert {look(cloud).did for _ in FLOOD} == {"postponed"}
    assert (len(cloud.queue.events), cloud.queue.waiting) == (len(FLOOD), [])


def test_what_a_look_asks_again_stays_among_the_looks(cloud):
    cloud.queue.from_events = False
    look(cloud, Look(RUNTIME_ID, Reason.SWEEP))

    assert [each.reason for each, _ in cloud.queue.waiting] == [Reason.SWEEP]
    assert cloud.queue.events == []


def test_a_response_that_an_event_began_goes_on_among_the_looks_with_one_for_each_change():
    scene = Scene()
    scene.cloud.queue.from_events = True
    for _ in FLOOD:
        scene.handle()

    assert scene.changes() == ["PutResourcePolicy", "UpdateAgentRuntime"]
    assert [each.reason for each, _ in scene.cloud.queue.waiting] == [Reason.AGAIN] * 2
    assert scene.cloud.queue.events == []
