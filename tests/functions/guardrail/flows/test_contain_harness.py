"""A runtime that a harness made for itself: denied where AgentCore lets us, then left to people with the one way."""

import json

import pytest

from guardrail.flows.handle_message import handle_message
from guardrail_lab.agentcore.errors import ServiceError
from tests.builders import event, vpc
from tests.fakes import Journal
from tests.functions.guardrail.flows.test_contain_runtime import ROLE, Scene

KEPT = ("lifecycleConfiguration", "filesystemConfigurations")


class HarnessScene(Scene):
    """A cloud in which somebody creates a harness, and CloudTrail's events of that."""

    def __init__(self, mode="REPAIR", **terms):
        super().__init__(mode, network=vpc(), **terms)
        answer = self.ask("CreateHarness", harnessName="helper", executionRoleArn=ROLE)
        self.happened = self.recorded("CreateHarness", answer)
        self.harness_id = answer["harness"]["harnessId"]
        environment = answer["harness"]["environment"]["agentCoreRuntimeEnvironment"]
        self.runtime_id, self.arn = environment["agentRuntimeId"], environment["agentRuntimeArn"]
        self.cloud.wait(90)
        self.called.clear()

    def recorded(self, action, answer):
        whole = event("create_harness_that_names_its_runtime")
        whole["detail"] |= {"eventName": action, "responseElements": answer}
        return whole

    def look(self):
        written = Journal()
        return handle_message(json.dumps(self.happened), self.cloud.policy, self.cloud.world(written))

    def drain(self):
        """Handle CloudTrail's event and everything that it leads to; the steps that were taken."""
        steps = [self.look().fields["step"]]
        while self.cloud.queue.waiting:
            look, delay = self.cloud.queue.waiting.pop(0)
            self.cloud.wait(delay)
            steps.append(self.handle(look)[0].fields["step"])
        return steps

    def repair(self):
        environment = {"agentCoreRuntimeEnvironment": {"networkConfiguration": vpc()}}
        answer = self.ask("UpdateHarness", harnessId=self.harness_id, environment=environment)
        self.happened = self.recorded("UpdateHarness", answer)
        self.cloud.wait(90)


@pytest.fixture
def scene():
    return HarnessScene()


def test_in_repair_a_harness_outside_the_landing_zone_is_denied_and_its_owner_is_told_the_one_way(scene):
    assert scene.drain() == ["deny-invocation", "escalate"]

    assert scene.changes() == ["PutResourcePolicy"]
    assert "NetworkGuardrailQuarantine" in scene.policy_text()
    (record,) = scene.records("response-escalated")
    assert record["why"].startswith(
        f"harness {scene.harness_id} manages it: repair it with UpdateHarness, sending only"
    )
    assert record["why"].endswith("; invocations stay denied")
    assert scene.told()[-1] == "Response Escalated"


def test_it_is_told_once_however_often_it_is_looked_at(scene):
    scene.drain()
    told = scene.told()

    for _ in range(3):
        assert scene.run() == [("escalate", "escalated")]

    assert scene.told() == told
    assert scene.changes() == ["PutResourcePolicy"]


def test_the_one_way_is_the_one_that_agentcore_takes(scene):
    """The runtime itself refuses its own update, and an environment that is sent replaces the whole one."""
    scene.drain()
    (record,) = scene.records("response-escalated")
    assert all(member in record["why"] for member in ("networkConfiguration", *KEPT))
    with pytest.raises(ServiceError) as refused:
        scene.drift(vpc())
    assert refused.value.code == "ConflictException"

    environment = scene.ask("GetHarness", harnessId=scene.harness_id)["harness"]["environment"]
    before = environment["agentCoreRuntimeEnvironment"]
    kept = {member: before[member] for member in KEPT if member in before}
    sent = {"agentCoreRuntimeEnvironment": {"networkConfiguration": vpc(), **kept}}
    scene.ask("UpdateHarness", harnessId=scene.harness_id, environment=sent)
    scene.cloud.wait(90)

    assert {member: scene.version()[member] for member in kept} == kept
    assert scene.look().count == "COMPLIANT"


def test_when_its_owner_has_repaired_it_the_denial_is_lifted(scene):
    scene.drain()
    scene.repair()

    assert scene.drain()[0] == "lift-denial"
    assert scene.changes() == ["PutResourcePolicy", "DeleteResourcePolicy"]
    assert scene.cloud.state.history(scene.runtime_id).escalated == ""


def test_in_quarantine_it_is_denied_and_that_is_all():
    scene = HarnessScene("QUARANTINE")

    scene.drain()

    assert scene.changes() == ["PutResourcePolicy"]
    assert scene.told()[-1] == "Runtime Quarantined"
    assert scene.records("response-escalated") == []


def test_in_observe_it_is_judged_and_nothing_else():
    scene = HarnessScene("OBSERVE")

    assert scene.look().count == "NON_COMPLIANT"
    assert scene.changes() == []


def test_where_agentcore_takes_no_policy_for_a_harness_people_are_told_that_it_is_not_denied(scene):
    scene.plane.faults.fail("PutResourcePolicy", times=2, code="ValidationException", status=400)

    scene.drain()

    (record,) = scene.records("response-escalated")
    assert record["why"].startswith("AgentCore refuses the change of its resource policy (ValidationException)")
    assert record["why"].endswith("; invocations are NOT denied")
    assert scene.changes() == ["PutResourcePolicy"] * 2


def test_a_harness_in_the_landing_zone_is_left_alone():
    scene = HarnessScene()
    scene.repair()

    assert scene.look().count == "COMPLIANT"
    assert scene.changes() == []
