"""Somebody hides what an endpoint serves by deleting its version: nobody can judge it, and nothing escapes."""

import pytest

from guardrail.core.runtimes.message import Look, Reason
from guardrail_lab.agentcore.errors import ServiceError
from tests.builders import vpc
from tests.functions.guardrail.flows.test_contain_runtime import Scene

LINE = "endpoint prod serves version 2, which no longer exists: what it serves cannot be judged"


class HiddenScene(Scene):
    """A cloud in which `prod` serves a PUBLIC version that was deleted before anybody looked."""

    def __init__(self, mode="REPAIR", **terms):
        super().__init__(mode, network=vpc(), **terms)
        self.plane.behave(served_versions_deletable=True)
        self.drift()
        self.drift(vpc())
        runtime = {"agentRuntimeId": self.runtime_id}
        self.ask("UpdateAgentRuntimeEndpoint", **runtime, endpointName="prod", agentRuntimeVersion="2")
        self.cloud.wait(90)
        self.ask("DeleteAgentRuntime", **runtime, agentRuntimeVersion="2")
        self.cloud.wait(90)
        self.called.clear()

    def reactions(self):
        return [finding.reaction.did for finding in self.cloud.findings.reported]


def test_what_an_endpoint_goes_on_serving_can_no_longer_be_read():
    scene = HiddenScene()

    with pytest.raises(ServiceError, match="The version"):
        scene.ask("GetAgentRuntime", agentRuntimeId=scene.runtime_id, agentRuntimeVersion="2")
    assert (scene.served()["prod"], scene.may_invoke()) == ("2", True)


def test_in_repair_the_endpoint_is_denied_moved_and_given_back():
    scene = HiddenScene()
    steps = scene.run()

    assert steps[0] == ("wait", "waits")
    assert scene.changes() == ["PutResourcePolicy", "UpdateAgentRuntimeEndpoint", "DeleteResourcePolicy"]
    assert (set(scene.served().values()), scene.may_invoke()) == ({"3"}, True)
    assert scene.told() == ["Runtime Verdict", "Runtime Verdict", "Runtime Contained"]


def test_in_quarantine_it_ends_uncallable_until_somebody_has_moved_the_endpoint():
    scene = HiddenScene("QUARANTINE")
    scene.run()
    denied = (scene.changes(), scene.may_invoke(), scene.told()[-1])
    runtime = {"agentRuntimeId": scene.runtime_id}
    scene.ask("UpdateAgentRuntimeEndpoint", **runtime, endpointName="prod", agentRuntimeVersion="3")
    scene.cloud.wait(90)
    scene.run()

    assert denied == (["PutResourcePolicy"], False, "Runtime Quarantined")
    assert scene.may_invoke()


def test_in_observe_it_is_reported_and_nothing_is_changed():
    scene = HiddenScene("OBSERVE")
    scene.run()
    (finding,) = scene.cloud.findings.reported

    assert (scene.changes(), finding.verdict.compliance, finding.verdict.notes) == ([], "INSUFFICIENT_DATA", (LINE,))


def test_people_are_told_what_is_wrong_and_what_comes_next():
    scene = HiddenScene("QUARANTINE")
    scene.run()

    assert scene.reactions() == [
        "It looks again, and if a version is still missing then, it denies new invocations",
        f"deny-invocation: {LINE}; no new session may start",
    ]


def test_two_looks_right_after_each_other_are_one():
    scene = HiddenScene()
    scene.handle()
    scene.cloud.wait(59)
    scene.handle(Look(scene.runtime_id, Reason.SWEEP))
    early = scene.changes()
    scene.cloud.wait(1)
    scene.handle(Look(scene.runtime_id, Reason.SWEEP))

    assert (early, scene.changes()) == ([], ["PutResourcePolicy"])


def test_a_version_that_was_only_not_seen_yet_costs_nothing():
    scene = Scene(network=vpc())
    scene.drift(vpc())
    runtime = {"agentRuntimeId": scene.runtime_id}
    scene.ask("UpdateAgentRuntimeEndpoint", **runtime, endpointName="prod", agentRuntimeVersion="2")
    scene.cloud.wait(90)
    scene.called.clear()
    scene.plane.faults.lag(200.0, times=4, operation="GetAgentRuntime")
    steps = scene.run()

    assert steps == [("wait", "waits"), ("none", "reported")]
    assert (scene.changes(), scene.cloud.state.history(scene.runtime_id).missing) == ([], {})
