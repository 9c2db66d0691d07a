import json

import pytest

from guardrail.core.runtimes.quarantine import deny_call
from guardrail.core.runtimes.verdict import judge
from tests.builders import EVENTS, PUBLIC, RUNTIME_ARN, answer, snapshot, snapshot_document, zone
from tests.ladder_builders import climb, policy, service, whole

REST = ["--snapshot", "pinned.json", "--zone", "zone.json"]


def test_observing_leads_to_the_verdict_and_no_call(guardrail):
    shown = guardrail("replay", "event.json", *REST)
    verdict = judge(snapshot({2: None, 1: PUBLIC}, {"DEFAULT": 2, "prod": 1}), zone()).document()

    assert (shown.code, shown.err) == (2, b"")
    assert json.loads(shown.out) == {"verdict": verdict, "steps": [], "ends": "nothing-to-do"}
    assert shown == guardrail("replay", "event.json", *REST, "--mode", "observe", "--format", "json")


def test_a_compliant_runtime_is_fine(guardrail):
    shown = guardrail("replay", "event.json", "--snapshot", "fine.json", "--zone", "zone.json", "--format", "text")

    assert shown.code == 0
    assert "COMPLIANT  orders_agent-AbCdEfGhIj\n" in shown.out.decode()
    assert "Ends: nothing-to-do\n" in shown.out.decode()


@pytest.mark.parametrize("mode", ["everything", "observing", ""])
def test_a_word_that_is_no_mode_is_refused(guardrail, mode):
    complaint = guardrail("replay", "event.json", *REST, "--mode", mode).complaint

    assert complaint == "--mode: expected OBSERVE, QUARANTINE or REPAIR"


@pytest.fixture
def rehearsal(guardrail, files):
    """The result of replaying the event in a mode, on a runtime with this document."""

    def call(mode, document, *options):
        (files / "in.json").write_text(json.dumps(document))
        return guardrail(
            "replay", "event.json", "--snapshot", "in.json", "--zone", "zone.json", "--mode", mode, *options
        )

    return call


def steps(shown):
    document = json.loads(shown.out)
    assert all(step.keys() == {"step", "calls"} and len(step["calls"]) == 1 for step in document["steps"])
    return [step["step"] for step in document["steps"]], document["ends"]


def test_repairing_goes_through_every_call_to_the_end(rehearsal):
    runtime = service({3: PUBLIC}, {"DEFAULT": 3, "prod": 3})
    shown = rehearsal("repair", runtime.document())
    calls = [call for step in json.loads(shown.out)["steps"] for call in step["calls"]]

    assert (shown.code, shown.err) == (2, b"")
    assert steps(shown) == (["deny-invocation", "repair-network", "move-endpoint", "lift-denial"], "contained")
    assert calls == [
        {"service": "bedrock-agentcore-control", "operation": step.call.operation, "parameters": step.call.parameters}
        for step in climb(runtime, policy()).steps
    ]


def test_quarantining_ends_contained_since_nobody_can_invoke_it(rehearsal):
    assert steps(rehearsal("quarantine", service({3: PUBLIC}, {"DEFAULT": 3}).document())) == (
        ["deny-invocation"],
        "contained",
    )


def test_what_is_denied_already_is_contained_without_a_call(rehearsal):
    denied = service({3: PUBLIC}, {"DEFAULT": 3}, policy=deny_call(RUNTIME_ARN, None).parameters["policy"])

    assert steps(rehearsal("quarantine", denied.document())) == ([], "contained")
    assert steps(rehearsal("observe", denied.document())) == ([], "nothing-to-do")


def test_what_is_under_way_has_ended_before_the_next_step(rehearsal):
    runtime = service({3: None, 4: PUBLIC}, {"DEFAULT": 3, "prod": 4}, status="UPDATING")
    runtime.endpoints["prod"]["status"] = "UPDATING"

    assert steps(rehearsal("repair", runtime.document())) == (
        ["deny-invocation", "repair-network", "move-endpoint", "lift-denial"],
        "contained",
    )


def test_a_wait_that_nothing_ends_is_for_people(rehearsal):
    document = service({3: PUBLIC}, {"DEFAULT": 3}).document() | {"endpoints": {"error": "AccessDeniedException"}}
    shown = rehearsal("repair", document)

    assert steps(shown) == (["deny-invocation", "repair-network"], "escalated")
    assert shown.err.decode().startswith("escalated: not everything that traffic can reach could be read")


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("observe", ([], "nothing-to-do")),
        ("quarantine", (["deny-invocation"], "contained")),
        ("repair", (["deny-invocation", "move-endpoint", "lift-denial"], "contained")),
    ],
)
def test_an_endpoint_on_a_version_that_no_longer_exists_is_contained(rehearsal, mode, expected):
    runtime = service({3: None}, {"DEFAULT": 3, "prod": 2})
    shown = rehearsal(mode, runtime.document())
    verdict = json.loads(shown.out)["verdict"]

    assert (shown.code, steps(shown), verdict["compliance"]) == (2, expected, "INSUFFICIENT_DATA")
    assert verdict["notes"] == [
        "endpoint prod serves version 2, which no longer exists: what it serves cannot be judged"
    ]


def test_who_has_to_act_and_why_is_told(rehearsal):
    document = service({3: PUBLIC}, {"DEFAULT": 3}, stack="orders").document()
    shown = rehearsal("repair", document)

    assert steps(shown) == (["deny-invocation"], "escalated")
    assert shown.err.decode() == (
        "escalated: CloudFormation stack orders owns it, and its next update would bring the drift back: "
        "repair it in the stack; invocations stay denied\n"
    )


def test_the_text_names_what_is_sent_and_never_a_value(rehearsal):
    runtime = service({}, {"DEFAULT": 3})
    runtime.versions = {3: whole(3, PUBLIC, environmentVariables={"TOKEN": "cAnArY"})}
    shown = rehearsal("repair", runtime.document(), "--format", "text").out.decode()

    assert "Step 2: repair-network\n- version 3, the newest, breaks a rule\n" in shown
    assert "UpdateAgentRuntime with agentRuntimeArtifact, agentRuntimeId, clientToken, environmentVariables" in shown
    assert "Ends: contained\n" in shown
    assert "cAnArY" not in shown


def test_a_compliant_runtime_needs_no_call_in_any_mode(rehearsal):
    for mode in ("observe", "quarantine", "repair"):
        assert steps(rehearsal(mode, service({1: None}, {"DEFAULT": 1}).document())) == ([], "nothing-to-do")


@pytest.mark.parametrize("case", ["other_account", "other_region"])
def test_an_event_from_elsewhere_is_refused(guardrail, case):
    complaint = guardrail("replay", str(EVENTS / f"verify_runtime__{case}.json"), *REST).complaint

    assert complaint == "event: expected account 111122223333 and Region us-east-1, as the zone has"


@pytest.mark.parametrize(
    "runtime",
    [
        pytest.param(answer(2, agentRuntimeId="other_agent-AbCdEfGhIj"), id="of another runtime"),
        pytest.param({"error": "AccessDeniedException"}, id="of an unknown runtime"),
    ],
)
def test_a_snapshot_of_another_runtime_is_refused(guardrail, files, runtime):
    document = snapshot_document({2: None}, {}, runtime=runtime, versions={})
    (files / "other.json").write_text(json.dumps(document))
    complaint = guardrail("replay", "event.json", "--snapshot", "other.json", "--zone", "zone.json").complaint

    assert complaint == "event: expected one that names the runtime of the snapshot"


def test_an_event_that_names_no_runtime_is_refused(guardrail):
    event = EVENTS / "verify_runtime__update_that_names_no_runtime.json"

    assert guardrail("replay", str(event), *REST).complaint.startswith("event: expected one that names the runtime")
