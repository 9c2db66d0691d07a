import json

import pytest

from guardrail.core.runtimes.verdict import judge
from tests.builders import EVENTS, PUBLIC, answer, snapshot, snapshot_document, zone

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


@pytest.mark.parametrize("mode", ["quarantine", "repair", "everything"])
def test_a_mode_that_this_version_cannot_carry_out_is_refused(guardrail, mode):
    complaint = guardrail("replay", "event.json", *REST, "--mode", mode).complaint

    assert complaint == "--mode: expected OBSERVE, the only mode that this version can carry out"


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
