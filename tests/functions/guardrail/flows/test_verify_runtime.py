"""One look: nothing is written unless there is news; news is recorded, reported and remembered, in this order."""

import json
from datetime import timedelta

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.runtimes.message import Look, Reason
from guardrail.core.runtimes.trail import parse_event
from guardrail.flows.runtime_world import LEASE_SECONDS, MAX_ATTEMPTS
from guardrail.flows.sight import DORMANT_READS_A_DAY, DORMANT_READS_A_LOOK
from guardrail.flows.verify_runtime import Outcome, verify_runtime
from tests.builders import (
    ACCOUNT,
    PUBLIC,
    REGION,
    RUNTIME_ID,
    SUBNETS,
    answer,
    endpoint,
    event,
    snapshot_document,
    zone,
)
from tests.fakes import FakeCloud, Journal

EVENT = Look(RUNTIME_ID, None, event=parse_event(event("update_to_public")))
SWEEP = Look(RUNTIME_ID, Reason.SWEEP)
READ = ["state.history", "agentcore.snapshot"]
FOUND = [*READ, "switches.exemptions"]
AGAIN = ["state.lease", "agentcore.snapshot", "switches.exemptions"]
KEPT = ["evidence.append", "findings.report", "state.commit"]
RECORDED = [*FOUND, *AGAIN, *KEPT]
COMPLIANT, DRIFTED = snapshot_document({1: None}, {"DEFAULT": 1}), snapshot_document({1: PUBLIC}, {"DEFAULT": 1})


def cloud_with(document):
    cloud = FakeCloud()
    cloud.agentcore.runtimes[RUNTIME_ID] = document
    return cloud


def look(cloud, message=EVENT, **journal):
    written = Journal(**journal)
    return verify_runtime(message, cloud.policy, cloud.world(written)), written.calls


@pytest.mark.parametrize(("document", "read"), [(COMPLIANT, READ), (DRIFTED, FOUND)], ids=["compliant", "drifted"])
def test_a_verdict_that_is_known_already_costs_one_state_read_one_look_and_no_write(document, read):
    cloud = cloud_with(document)
    look(cloud)

    outcome, calls = look(cloud)

    assert calls == read
    assert outcome.did == "unchanged"


def test_a_new_verdict_is_recorded_then_reported_then_remembered():
    outcome, calls = look(cloud_with(DRIFTED))

    assert calls == RECORDED
    assert outcome == Outcome("reported", "NON_COMPLIANT", ("network-mode",), looks_again=False)


def test_the_record_holds_the_verdict_the_zone_and_who_did_it():
    cloud = cloud_with(DRIFTED)
    look(cloud)
    ((key, stored),) = cloud.evidence.records.items()
    record = json.loads(stored)
    verdict = cloud.findings.reported[0].verdict.document()

    assert key == f"verdict/{RUNTIME_ID}/000001-{verdict['digest'][7:19]}.json"
    assert record.pop("digest").startswith("sha256:")
    assert record == {
        "version": 1,
        "kind": "verdict",
        "subject": RUNTIME_ID,
        "at": "2026-11-20T12:31:20+00:00",
        "account": ACCOUNT,
        "region": REGION,
        "sequence": 1,
        "mode": "OBSERVE",
        "landing_zone": zone().document(),
        "verdict": verdict,
        "cause": parse_event(event("update_to_public")).document(),
    }


def test_the_report_says_what_it_was_before_who_did_it_and_where_the_record_is():
    cloud = cloud_with(COMPLIANT)
    look(cloud, SWEEP)
    cloud.agentcore.runtimes[RUNTIME_ID] = DRIFTED
    look(cloud)
    first, second = cloud.findings.reported

    assert (first.previous, first.event) == ("", None)
    assert (second.previous, second.event) == ("COMPLIANT", EVENT.event)
    assert second.evidence == f"s3://evidence/{list(cloud.evidence.records)[1]}"
    assert [each.split("/")[-1][:6] for each in cloud.evidence.records] == ["000001", "000002"]


def test_the_verdict_is_that_of_the_second_look_which_holds_the_lease():
    cloud = cloud_with(DRIFTED)
    repaired = {"state.lease": lambda: cloud.agentcore.runtimes.update({RUNTIME_ID: COMPLIANT})}

    outcome, _ = look(cloud, before=repaired)

    assert outcome.compliance == "COMPLIANT"
    assert [finding.verdict.compliance for finding in cloud.findings.reported] == ["COMPLIANT"]


def test_what_somebody_else_recorded_in_the_meantime_is_not_recorded_again():
    cloud = cloud_with(DRIFTED)

    outcome, calls = look(cloud, before={"state.lease": lambda: look(cloud)})

    assert calls == [*FOUND, *AGAIN, "state.release"]
    assert outcome.did == "unchanged"
    assert len(cloud.findings.reported) == 1
    assert not cloud.state.leased_until


def test_a_held_lease_postpones_the_look_and_writes_nothing():
    cloud = cloud_with(DRIFTED)
    cloud.state.lease(RUNTIME_ID, cloud.now, LEASE_SECONDS)

    outcome, calls = look(cloud)

    assert (outcome.did, outcome.looks_again) == ("postponed", True)
    assert calls == [*FOUND, "state.lease", "queue.send_back"]
    assert cloud.queue.waiting == [(Look(RUNTIME_ID, Reason.AGAIN, 2, EVENT.event), cloud.bounds.wait_seconds)]


def test_a_lease_that_nobody_gave_back_ends_by_itself():
    cloud = cloud_with(DRIFTED)
    cloud.state.lease(RUNTIME_ID, cloud.now, LEASE_SECONDS)
    cloud.wait(LEASE_SECONDS)

    outcome, _ = look(cloud)

    assert outcome.did == "reported"


def test_looking_again_at_a_runtime_that_does_not_settle_ends_after_so_many_attempts():
    cloud = cloud_with(snapshot_document({1: None}, {}, endpoints=[endpoint("DEFAULT", 1, 1, status="UPDATING")]))

    outcome, _ = look(cloud, Look(RUNTIME_ID, Reason.AGAIN, MAX_ATTEMPTS))

    assert not outcome.looks_again
    assert not cloud.queue.waiting


def test_a_lease_that_is_held_for_ever_becomes_a_dead_letter_and_so_an_alarm():
    cloud = cloud_with(DRIFTED)
    cloud.state.lease(RUNTIME_ID, cloud.now, LEASE_SECONDS)

    with pytest.raises(GatewayError, match="held at 20 looks"):
        look(cloud, Look(RUNTIME_ID, Reason.AGAIN, MAX_ATTEMPTS))

    assert not cloud.queue.waiting


@pytest.mark.parametrize("status", ["CREATING", "UPDATING", "DELETING"])
def test_a_runtime_that_still_changes_is_judged_now_and_looked_at_again(status):
    cloud = cloud_with(snapshot_document({1: None}, {"DEFAULT": 1}, runtime=answer(1, PUBLIC, status=status)))

    outcome, calls = look(cloud)
    again, calls_again = look(cloud, cloud.queue.waiting[0][0])

    assert (outcome.did, calls) == ("reported", [*READ, "state.lease", "agentcore.snapshot", *KEPT, "queue.send_back"])
    assert (again.did, calls_again) == ("unchanged", [*READ, "queue.send_back"])
    assert [(each.attempt, delay) for each, delay in cloud.queue.waiting] == [(2, 30), (3, 30)]


def test_a_runtime_that_is_gone_is_recorded_once_and_nobody_is_told():
    cloud = cloud_with(DRIFTED)
    look(cloud)
    del cloud.agentcore.runtimes[RUNTIME_ID]

    outcome, calls = look(cloud)
    again, calls_again = look(cloud)

    assert calls == [*READ, "state.lease", "agentcore.snapshot", "evidence.append", "state.commit"]
    assert (outcome.did, outcome.compliance) == ("reported", "gone")
    assert json.loads(list(cloud.evidence.records.values())[1])["verdict"] is None
    assert list(cloud.evidence.records)[1] == f"runtime-gone/{RUNTIME_ID}/000002-gone.json"
    assert (again.did, calls_again) == ("unchanged", READ)


def test_a_runtime_that_never_was_is_no_news():
    outcome, calls = look(FakeCloud())

    assert (outcome, calls) == (Outcome("unchanged", "gone", (), looks_again=False), READ)


def test_a_runtime_that_comes_back_is_reported():
    cloud = cloud_with(COMPLIANT)
    look(cloud)
    del cloud.agentcore.runtimes[RUNTIME_ID]
    look(cloud)
    cloud.agentcore.runtimes[RUNTIME_ID] = COMPLIANT
    look(cloud)

    assert [finding.previous for finding in cloud.findings.reported] == ["", "gone"]


DORMANT = snapshot_document({1: PUBLIC, 2: None, 3: PUBLIC, 4: None}, {"DEFAULT": 4, "prod": 3})


def test_the_sweep_reads_each_dormant_version_once_and_every_verdict_reports_it():
    cloud, read = cloud_with(DORMANT), []
    unpinned = {**DORMANT, "endpoints": [endpoint("DEFAULT", 4, 4)]}
    for message, document in ((SWEEP, DORMANT), (SWEEP, DORMANT), (EVENT, unpinned), (SWEEP, unpinned)):
        cloud.agentcore.runtimes[RUNTIME_ID] = document
        look(cloud, message)
        read.append(set(cloud.agentcore.versions_read))
        cloud.agentcore.versions_read.clear()

    assert read == [{1, 2}, set(), set(), {3}]
    dormant = [[number for number, _ in each.verdict.dormant] for each in cloud.findings.reported]
    assert dormant == [[1], [1], [1, 3]]


def test_an_event_does_not_wait_for_dormant_versions():
    cloud = cloud_with(DORMANT)
    look(cloud, EVENT)

    assert cloud.agentcore.versions_read == []


def test_dormant_versions_that_break_nothing_are_remembered_without_a_record_or_a_report():
    cloud = cloud_with(snapshot_document({1: None, 2: None}, {"DEFAULT": 2}))
    look(cloud)

    outcome, calls = look(cloud, SWEEP)

    assert "state.commit" in calls
    assert "evidence.append" not in calls
    assert (outcome.did, cloud.state.histories[RUNTIME_ID].sequence) == ("unchanged", 1)
    assert look(cloud, SWEEP)[1] == READ


def test_another_zone_has_them_read_again():
    cloud = cloud_with(snapshot_document({1: None, 2: None}, {"DEFAULT": 2}))
    look(cloud, SWEEP)
    cloud.agentcore.versions_read.clear()
    cloud.zone = zone(subnets=SUBNETS[:1])

    look(cloud, SWEEP)

    assert cloud.agentcore.versions_read
    assert [number for number, _ in cloud.findings.reported[-1].verdict.dormant] == [1]


def test_dormant_versions_are_read_the_latest_first_and_so_many_a_look():
    cloud = cloud_with(snapshot_document({200: None}, {"DEFAULT": 200}))
    look(cloud, SWEEP)

    assert sorted(cloud.state.histories[RUNTIME_ID].dormant.read, reverse=True) == list(
        range(199, 199 - DORMANT_READS_A_LOOK, -1)
    )


def test_dormant_versions_are_read_within_the_budget_of_the_day():
    cloud = cloud_with(snapshot_document({9: None}, {"DEFAULT": 9}))
    today = f"dormant-reads-{cloud.now:%Y-%m-%d}"
    cloud.state.spent[today] = DORMANT_READS_A_DAY
    look(cloud, SWEEP)
    read_today = list(cloud.agentcore.versions_read)
    cloud.now += timedelta(days=1)
    look(cloud, SWEEP)

    assert read_today == []
    assert cloud.state.spent[today] == DORMANT_READS_A_DAY
    assert cloud.state.histories[RUNTIME_ID].dormant.read == set(range(1, 9))
