import json

import pytest

from guardrail_lab.demo.report import Report, table

DONE = {"name": "cdk deploy", "ok": True, "seconds": 1.5, "detail": "stack"}
FAILED = {"name": "the sweep finds it", "ok": False, "seconds": 30.0, "detail": "no such verdict"}
PUBLIC = {"name": "public_agent", "event_to_verdict_seconds": 0.1, "verdict": {}}


@pytest.mark.parametrize(
    ("steps", "ok"),
    [([DONE], True), ([DONE, FAILED], False), ([], False)],
    ids=["every step", "a failed step", "no step at all"],
)
def test_the_demo_is_ok_when_there_were_steps_and_all_were_verified(steps, ok):
    document = Report(steps=steps).document()

    assert document["ok"] is ok
    assert json.loads(json.dumps(document)) == document


def test_the_seconds_to_the_verdict_are_the_public_runtimes():
    other = {"name": "orders_agent", "event_to_verdict_seconds": 9.0, "verdict": {}}

    assert Report(runtimes=[other, PUBLIC]).document()["event_to_verdict_seconds"] == 0.1
    assert Report(runtimes=[other]).document()["event_to_verdict_seconds"] is None


def test_the_table_has_a_row_for_each_step():
    assert table(Report(steps=[DONE, FAILED])).row_count == 2
