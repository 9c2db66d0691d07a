"""What people are told: once in a while, never counted before it is sent, and never more than is known."""

from datetime import timedelta

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.runtimes.history import PATIENCE
from guardrail.core.runtimes.message import Look, Reason
from guardrail.core.runtimes.rules import RuleId
from guardrail.core.switch import Scope
from tests.builders import PUBLIC, vpc
from tests.functions.guardrail.flows.test_contain_runtime import Scene

STOPPED, ESCALATED = "Response Stopped", "Response Escalated"
SWEEP_SECONDS = 3_600


class RefusesSome:
    """Findings of which the topic refuses the first so many pages."""

    def __init__(self, inner, pages):
        self.inner, self.pages = inner, pages

    def report(self, finding):
        if finding.kind.value == STOPPED and self.pages:
            self.pages -= 1
            raise GatewayError("sns:Publish", "InternalError", retryable=True)
        self.inner.report(finding)


@pytest.fixture
def scene():
    return Scene("QUARANTINE")


def sweep(scene):
    return scene.run(Look(scene.runtime_id, Reason.SWEEP))


@pytest.mark.parametrize("pages", [1, 2, 5])
def test_a_page_that_was_not_sent_is_not_counted_and_holds_up_nothing(scene, pages):
    told = scene.cloud.findings
    scene.cloud.findings, scene.cloud.evidence.refuses = RefusesSome(told, pages), True
    for _ in range(5):
        scene.handle(Look(scene.runtime_id, Reason.SWEEP))
        scene.drift(vpc() if scene.version()["networkConfiguration"] == PUBLIC else PUBLIC)

    assert scene.changes()[0] == "PutResourcePolicy"
    assert [finding.kind.value for finding in told.reported].count(STOPPED) == 1


def test_a_look_at_a_runtime_that_is_gone_uses_up_no_page(scene):
    scene.run()
    gone = scene.ask("CreateAgentRuntime", agentRuntimeName="gone", **scene.placed(vpc()))["agentRuntimeId"]
    scene.cloud.wait(90)
    scene.run(Look(gone, Reason.OPERATOR))
    scene.cloud.evidence.refuses = True
    scene.ask("DeleteAgentRuntime", agentRuntimeId=gone)
    scene.cloud.wait(90)
    scene.run(Look(gone, Reason.OPERATOR))
    before = scene.told().count(STOPPED)
    scene.drift(vpc())
    scene.run()

    assert (before, scene.told().count(STOPPED)) == (0, 1)


def test_while_the_response_is_backed_out_a_page_that_fails_is_sent_at_the_next_look(scene):
    told = scene.cloud.findings
    scene.cloud.findings, scene.cloud.switches.backed_out = RefusesSome(told, 1), {Scope.RESPONSE}
    first, _ = scene.handle()
    scene.handle()
    scene.handle()

    assert first.fields["did"] == "suspended"
    assert [finding.kind.value for finding in told.reported].count(STOPPED) == 1


def refuse_reads(scene):
    scene.plane.faults.fail("GetAgentRuntime", times=10**6, code="AccessDeniedException", status=403)


def days(scene, count):
    for _ in range(24 * count):
        scene.run(Look(scene.runtime_id, Reason.SWEEP))
        scene.cloud.wait(SWEEP_SECONDS)


def test_of_what_cannot_be_read_people_are_told_that_it_is_not_denied_and_called_once_when_it_lasts():
    scene = Scene("QUARANTINE", network=vpc())
    scene.run()
    scene.drift()
    refuse_reads(scene)
    began = scene.cloud.now
    days(scene, 2)
    [told, page] = scene.cloud.findings.reported[1:]

    assert "It is NOT denied. If that lasts 2 h, a person is called" in told.message()
    assert (told.at, page.kind.value) == (began, ESCALATED)
    assert timedelta(0) <= page.at - began - PATIENCE <= timedelta(seconds=SWEEP_SECONDS)
    assert page.reaction.did == "for 2 h not all of it could be read or judged; invocations are NOT denied"
    assert "PutResourcePolicy" not in scene.changes()


def test_what_is_unreadable_anew_is_told_anew():
    scene = Scene("QUARANTINE", network=vpc())
    for _ in range(2):
        refuse_reads(scene)
        days(scene, 1)
        scene.plane.faults.clear()
        days(scene, 1)

    assert scene.told().count(ESCALATED) == 2
    assert scene.cloud.state.history(scene.runtime_id).escalated == ""


def test_of_a_denied_runtime_that_can_no_longer_be_read_nobody_says_that_it_is_not_denied(scene):
    scene.run()
    refuse_reads(scene)
    days(scene, 1)
    [told, page] = scene.cloud.findings.reported[2:]

    assert "The denial that was made stays." in told.message()
    assert page.reaction.did.endswith("whether they are still denied could not be read")


def test_in_observe_nobody_is_called():
    scene = Scene("OBSERVE", network=vpc())
    refuse_reads(scene)
    days(scene, 1)

    assert scene.told() == ["Runtime Verdict"]


def test_what_is_fine_needs_no_change(scene):
    scene.drift(vpc())
    runtime = {"agentRuntimeId": scene.runtime_id, "endpointName": "prod", "agentRuntimeVersion": "2"}
    scene.ask("UpdateAgentRuntimeEndpoint", **runtime)
    scene.cloud.wait(90)
    scene.run()

    assert "Nothing has to be changed now." in scene.cloud.findings.reported[0].message()


def test_a_grace_that_is_taken_away_is_over_at_once():
    scene = Scene("QUARANTINE", grace={RuleId.NETWORK_MODE: timedelta(days=90)})
    sweep(scene)
    before = scene.may_invoke()
    scene.cloud.terms = {}
    sweep(scene)

    assert (before, scene.may_invoke()) == (True, False)


def test_a_denied_runtime_whose_newest_version_is_within_its_grace_is_told_of_once_with_the_deadline():
    scene = Scene("REPAIR", grace={RuleId.SECURITY_GROUPS: timedelta(days=3)})
    scene.drift(vpc(groups=["sg-0f0f0f0f0f0f0f0f0"]))
    due = scene.cloud.now + timedelta(days=3)
    days(scene, 2)
    pages = [each.reaction.did for each in scene.cloud.findings.reported if each.kind.value == ESCALATED]
    denied = not scene.may_invoke()
    days(scene, 2)

    [page] = pages
    assert denied
    assert page.startswith(f"security-groups: warned about only; acted on from {due:%Y-%m-%d %H:%M:%SZ} on")
    assert (scene.served(), scene.may_invoke()) == ({"DEFAULT": "3", "prod": "3"}, True)
