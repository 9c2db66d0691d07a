"""A switch survives being kept, and what is kept in another form is refused."""

import json
from datetime import timedelta

import pytest

from guardrail.core.errors import InvalidInput
from guardrail.core.switch import Scope, Suspension
from guardrail.core.switch_record import Phase, SwitchRecord, parse_record
from guardrail.core.undo import Field, Undo
from tests.builders import NOW

HELD = Suspension(Scope.INSERTION, "gw", NOW, NOW + timedelta(hours=4), "INC-1", "dana", None)
BEGUN = SwitchRecord(Scope.INSERTION, "gw", version=3).begun(HELD, {"command": "back-out"}, NOW + timedelta(seconds=75))
UNDO = Undo((Field("gateway/gw", "snat", before=True, after=False, label="gw snat"),))
RECORDS = [
    BEGUN,
    BEGUN.at(Phase.HELD, undo=UNDO, result={"before": {}}),
    BEGUN.at(Phase.ENDING, NOW, undo=UNDO, stuck="why", reminded=True),
    BEGUN.engaged(),
    SwitchRecord(Scope.RESPONSE),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: f"{record.state} {record.phase}")
def test_what_was_kept_comes_back_the_same(record):
    body = json.loads(json.dumps(record.body()))

    assert parse_record(record.name, record.state.value, record.version, body) == record


@pytest.mark.parametrize(("result", "before"), [(None, {}), ({"before": {"a": 1}, "after": {}}, {"a": 1})])
def test_what_was_there_before_is_known_as_soon_as_it_is_kept(result, before):
    assert BEGUN.at(Phase.BEGUN, result=result).before == before


@pytest.mark.parametrize(
    ("name", "state", "body"),
    [
        ("insertion#gw", "off", BEGUN.body()),
        ("elsewhere", "engaged", {}),
        ("policy", "backed-out", {}),
        ("policy", "backed-out", None),
        ("policy", "backed-out", {**BEGUN.body(), "since": "yesterday"}),
        ("policy", "backed-out", {**BEGUN.body(), "phase": "done"}),
        ("policy", "backed-out", {**BEGUN.body(), "undo": {}}),
    ],
)
def test_what_nobody_of_ours_has_written_is_refused(name, state, body):
    with pytest.raises(InvalidInput, match="switch"):
        parse_record(name, state, 1, body)


def test_people_are_reminded_half_an_hour_before_or_when_three_quarters_are_over():
    assert BEGUN.reminds_at() == HELD.until - timedelta(minutes=30)
    short = Suspension(Scope.POLICY, "", NOW, NOW + timedelta(minutes=20), "x")
    assert BEGUN.begun(short, {}, NOW).reminds_at() == NOW + timedelta(minutes=15)
    with pytest.raises(ValueError, match="engaged"):
        SwitchRecord(Scope.POLICY).reminds_at()


def test_whoever_is_at_it_for_too_long_is_dead():
    assert BEGUN.is_busy(NOW + timedelta(seconds=74))
    assert not BEGUN.is_busy(NOW + timedelta(seconds=75))


def test_a_suspension_is_overdue_from_its_end_on():
    assert not BEGUN.is_overdue(HELD.until - timedelta(microseconds=1))
    assert BEGUN.is_overdue(HELD.until)
    assert not BEGUN.engaged().is_overdue(HELD.until)
