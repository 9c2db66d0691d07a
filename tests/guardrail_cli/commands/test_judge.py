import json

import pytest

from guardrail.core.runtimes.verdict import judge
from tests.builders import PUBLIC, snapshot, snapshot_document, zone, zone_document


@pytest.mark.parametrize(
    ("file", "compliance", "code"),
    [
        ("fine.json", "COMPLIANT", 0),
        ("pinned.json", "NON_COMPLIANT", 2),
        ("unread.json", "INSUFFICIENT_DATA", 2),
    ],
)
@pytest.mark.parametrize("form", ["text", "json", "sarif", "ocsf"])
def test_the_exit_code_is_the_verdicts_whatever_the_form(guardrail, file, compliance, code, form):
    shown = guardrail("judge", file, "--zone", "zone.json", "--format", form)

    assert (shown.code, shown.err) == (code, b"")
    assert compliance in shown.out.decode()


def test_json_is_the_cores_verdict_and_nothing_else(guardrail):
    shown = guardrail("judge", "pinned.json", "--zone", "zone.json", "--format", "json")

    assert json.loads(shown.out) == judge(snapshot({2: None, 1: PUBLIC}, {"DEFAULT": 2, "prod": 1}), zone()).document()


def test_text_is_the_default_and_stdin_stands_in_for_a_file(guardrail, files):
    by_default = guardrail("judge", "--zone", "zone.json", stdin=(files / "pinned.json").read_bytes())

    assert by_default == guardrail("judge", "pinned.json", "--zone", "zone.json", "--format", "text")


@pytest.mark.parametrize(
    ("at", "code"),
    [
        pytest.param("2026-11-20", 0, id="date"),
        pytest.param("2026-12-31T23:59:59Z", 0, id="the last second"),
        pytest.param("2027-01-01", 2, id="the day after"),
        pytest.param("2026-12-31T23:30:00", 0, id="naive is UTC"),
        pytest.param("2026-12-31T23:30:00-01:00", 2, id="offset that makes it the day after"),
    ],
)
def test_exemptions_hold_at_the_moment_that_is_asked_for(guardrail, at, code):
    arguments = ["judge", "pinned.json", "--zone", "zone.json", "--exemptions", "exemptions.json", "--format", "json"]
    shown = guardrail(*arguments, "--at", at)
    verdict = json.loads(shown.out)

    assert shown.code == code
    assert verdict["violations"][0]["exempted_by"] == (None if code else "EX-7")
    assert verdict["notes"] == (["exemption EX-7 expired on 2026-12-31 and is ignored"] if code else [])


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param("fine.json --zone nowhere.json", "nowhere.json: No such file", id="no zone"),
        pytest.param("fine.json --zone fine.json", "fine.json: zone: expected no keys but account, ", id="not a zone"),
        pytest.param("fine.json --zone empty.json", "empty.json: zone.subnets: expected at least one", id="empty zone"),
        pytest.param("fine.json --zone twice.json", "twice.json: expected each name at most once", id="repeated name"),
        pytest.param("exemptions.json --zone zone.json", "exemptions.json: snapshot: expected an ", id="no snapshot"),
        pytest.param("other.json --zone zone.json", "other.json: snapshot: expected account 1111", id="other account"),
        pytest.param("fine.json --zone zone.json --exemptions zone.json", "zone.json: exemptions", id="no exemptions"),
        pytest.param(
            "fine.json --zone zone.json --exemptions exemptions.json --at 2026-01-01",
            "exemptions.json: exemptions[0].expires: expected a day at most 90 days ahead",
            id="exemption for too long",
        ),
        pytest.param("fine.json --zone zone.json --at noon", "--at: expected an ISO 8601 date or time, ", id="no time"),
        pytest.param(
            "fine.json --zone zone.json --at 0001-01-01T00:00+01:00", "--at: expected an ISO 8601", id="before all time"
        ),
        pytest.param(
            "fine.json --zone zone.json --jsonl --format sarif",
            "guardrail judge: Invalid value for --format: expected json, all that --jsonl prints; ",
            id="lines of another form",
        ),
    ],
)
def test_bad_input_is_one_line_with_the_files_name(guardrail, files, arguments, complaint):
    (files / "empty.json").write_text(json.dumps(zone_document(subnets=[])))
    (files / "twice.json").write_text('{"subnets": ["subnet-1"], "subnets": ["subnet-2"]}')
    (files / "other.json").write_text(json.dumps(snapshot_document({1: None}, {}, account="999999999999")))

    assert guardrail("judge", *arguments.split()).complaint.startswith(complaint)


def test_with_jsonl_each_line_gets_its_verdict_or_its_error(guardrail):
    documents = [
        snapshot_document({1: None}, {"DEFAULT": 1}),
        snapshot_document({1: PUBLIC}, {"DEFAULT": 1}),
        snapshot_document({1: PUBLIC}, {"DEFAULT": 1}, region="eu-west-1"),
    ]
    lines = "".join(json.dumps(document) + "\n" for document in documents).encode()
    shown = guardrail("judge", "--zone", "zone.json", "--jsonl", stdin=lines)
    fine, broken, foreign = map(json.loads, shown.out.splitlines())

    assert shown.code == 1
    assert fine == judge(snapshot({1: None}, {"DEFAULT": 1}), zone()).document()
    assert broken == judge(snapshot({1: PUBLIC}, {"DEFAULT": 1}), zone()).document()
    assert foreign == {
        "error": {"line": 3, "message": "snapshot: expected account 111122223333 and Region us-east-1, as the zone has"}
    }
    assert guardrail("judge", "--zone", "zone.json", "--jsonl", stdin=b"".join(lines.splitlines(True)[:2])).code == 2
    assert guardrail("judge", "--zone", "zone.json", "--jsonl", stdin=lines.splitlines(True)[0]).code == 0
