"""AgentCore's answers become a snapshot; what has no known meaning is unread, never a guess."""

from datetime import UTC, datetime

import pytest
from hypothesis import given

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.runtime import Endpoint, Unread
from guardrail.core.runtimes.snapshot import parse_snapshot, parse_version, version_number
from guardrail.core.runtimes.verdict import Compliance, judge
from tests.builders import RUNTIME_ARN, RUNTIME_ID, RUNTIME_NAME, answer, endpoint, snapshot, snapshot_document, zone
from tests.strategies import JSON, read_or_refused, some_of

THROTTLED = {"error": "ThrottlingException"}


@pytest.mark.parametrize(
    ("value", "number"),
    [("1", 1), ("10", 10), ("99999", 99999), (7, 7)]
    + [(each, None) for each in ("0", "01", "-1", "1.0", "1e3", " 1", "1\n", "100000", "x", "", "²", "٣")]
    + [(each, None) for each in (0, -1, 100_000, 10**400, 1.0, True, None, [], {})],
)
def test_a_version_is_an_integer_from_1_to_99999(value, number):
    assert version_number(value) == number


@pytest.mark.parametrize(
    ("changes", "newest"),
    [
        pytest.param({}, 10, id="compared as integers"),
        pytest.param({"runtime": answer(11)}, 11, id="the runtime's own version"),
        pytest.param({"versions": {"12": THROTTLED}}, 12, id="a key of versions, read or not"),
        pytest.param({"endpoints": [endpoint("prod", 13, 9)]}, 13, id="a live version"),
        pytest.param({"endpoints": [endpoint("prod", 9, 14)]}, 14, id="a target version"),
        pytest.param({"runtime": THROTTLED, "versions": {}, "endpoints": []}, None, id="nothing that was read"),
    ],
)
def test_the_newest_is_the_greatest_integer_that_anything_mentions(changes, newest):
    assert snapshot({9: None, 10: None}, {"DEFAULT": 9}, **changes).newest == newest


def test_versions_wins_over_runtime_when_both_were_read():
    parsed = snapshot({3: None}, {}, runtime=answer(3, {"networkMode": "PUBLIC"}))

    assert parsed.versions[3].placement.mode == "VPC"


@pytest.mark.parametrize("versions", [{}, {"3": THROTTLED}, THROTTLED], ids=["lacks it", "could not read it", "error"])
def test_runtime_stands_for_its_own_version_where_versions_has_none(versions):
    parsed = snapshot({3: None}, {}, runtime=answer(3), versions=versions)

    assert list(parsed.versions) == [3]
    assert not parsed.unread_versions


@pytest.mark.parametrize(
    ("changes", "unread"),
    [
        pytest.param({"runtime": THROTTLED}, "runtime: ThrottlingException", id="runtime"),
        pytest.param({"runtime": {"error": ["x"]}}, "runtime: unknown error", id="an error without a code"),
        pytest.param({"runtime": None}, "runtime: not an object", id="no runtime"),
        pytest.param({"runtime": answer("x")}, "runtime: agentRuntimeVersion is not an integer", id="its version"),
        pytest.param({"endpoints": THROTTLED}, "endpoints: ThrottlingException", id="endpoints"),
        pytest.param({"endpoints": [THROTTLED]}, "endpoints: ThrottlingException", id="an endpoint"),
        pytest.param({"endpoints": ["x"]}, "endpoints: not an object", id="an endpoint that is text"),
        pytest.param({"endpoints": [{**THROTTLED, "name": "a"}]}, "endpoint a: ThrottlingException", id="with a name"),
        pytest.param({"endpoints": [endpoint("a")]}, "endpoint a: it names no version", id="names no version"),
        pytest.param({"endpoints": [endpoint("a", "x", 1)]}, "endpoint a: a version is not an integer", id="live"),
        pytest.param({"endpoints": [endpoint("a", 1, "x")]}, "endpoint a: a version is not an integer", id="target"),
        pytest.param({"endpoints": [{"liveVersion": "x"}]}, "endpoint ?: a version is not an integer", id="no name"),
    ],
)
def test_what_could_not_be_read_is_said_with_its_reason(changes, unread):
    parsed = snapshot({1: None}, {}, **changes)

    assert [f"{each.what}: {each.why}" for each in parsed.unread] == [unread]


def test_the_other_endpoints_are_judged_when_one_could_not_be_read():
    parsed = snapshot({1: None}, {}, endpoints=[THROTTLED, endpoint("a", "x", 1), endpoint("b", 1, 1)])

    assert parsed.endpoints == (Endpoint("a", None, 1), Endpoint("b", 1, 1))
    assert parsed.unread == (
        Unread("endpoint a", "a version is not an integer"),
        Unread("endpoints", "ThrottlingException"),
    )


def test_a_version_that_could_not_be_read_keeps_its_reason():
    assert snapshot({2: None}, {}, versions={"1": THROTTLED}).unread_versions == {1: "ThrottlingException"}


@pytest.mark.parametrize(
    ("changes", "known"),
    [
        pytest.param({}, (RUNTIME_ID, RUNTIME_ARN, RUNTIME_NAME), id="from the runtime"),
        pytest.param({"runtime": THROTTLED}, (RUNTIME_ID, RUNTIME_ARN, RUNTIME_NAME), id="from a version"),
        pytest.param({"runtime": THROTTLED, "versions": {}}, (RUNTIME_ID, RUNTIME_ARN, None), id="from an endpoint"),
        pytest.param({"runtime": THROTTLED, "versions": {}, "endpoints": []}, (None, None, None), id="from nothing"),
    ],
)
def test_the_runtime_is_named_by_the_first_answer_that_could_be_read(changes, known):
    parsed = snapshot({1: None}, {"DEFAULT": 1}, **changes)

    assert (parsed.runtime_id, parsed.runtime_arn, parsed.name) == known


def test_the_first_version_is_the_lowest_whatever_the_order_of_the_keys():
    versions = {number: answer(int(number), agentRuntimeName=f"name_{number}") for number in ("10", "9")}

    assert snapshot({1: None}, {}, runtime=THROTTLED, versions=versions).name == "name_9"


@pytest.mark.parametrize(
    ("changes", "in_transition"),
    [
        pytest.param({}, False, id="settled"),
        pytest.param({"runtime": answer(1, status="CREATING")}, True, id="creating"),
        pytest.param({"runtime": answer(1, status="UPDATING")}, True, id="updating"),
        pytest.param({"runtime": answer(1, status="DELETING")}, True, id="deleting"),
        pytest.param({"runtime": answer(1, status="UPDATE_FAILED")}, False, id="failed is settled"),
        pytest.param({"runtime": answer(1, status=["CREATING"])}, False, id="status is no text"),
        pytest.param({"endpoints": [endpoint("a", 1, 1, status="UPDATING")]}, True, id="an endpoint moves"),
        pytest.param({"endpoints": [endpoint("a", 1, 2)]}, True, id="an endpoint has another target"),
        pytest.param({"endpoints": [endpoint("a", 1)]}, False, id="an endpoint without a target"),
        pytest.param(
            {"endpoints": [endpoint("a", 1, 2, status="UPDATE_FAILED")]},
            False,
            id="an endpoint that will not get there",
        ),
    ],
)
def test_a_runtime_that_still_changes_is_looked_at_again(changes, in_transition):
    assert snapshot({1: None}, {"DEFAULT": 1}, **changes).in_transition is in_transition


@pytest.mark.parametrize(
    ("created", "moment"),
    [
        ("2026-06-11T02:00:00+02:00", datetime(2026, 6, 11, tzinfo=UTC)),
        ("2026-06-11T00:00:00", datetime(2026, 6, 11, tzinfo=UTC)),
        (1781136000, datetime(2026, 6, 11, tzinfo=UTC)),
        (datetime(2026, 6, 11, tzinfo=UTC), datetime(2026, 6, 11, tzinfo=UTC)),
        ("soon", None),
        (1e300, None),
        (float("inf"), None),
        (True, None),
        (None, None),
        ({}, None),
    ],
)
def test_the_age_of_a_version_is_a_moment_or_unknown(created, moment):
    assert parse_version(1, {"createdAt": created}).created_at == moment


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"account": None}, "snapshot.account: expected a string"),
        ({"region": ""}, "snapshot.region: expected a string"),
        ({"versions": []}, "snapshot.versions: expected an object of GetAgentRuntime answers by version"),
        ({"versions": {"x": {}}}, "snapshot.versions: expected keys that are versions: 1 to 99999"),
        ({"endpoints": "x"}, "snapshot.endpoints: expected a list of ListAgentRuntimeEndpoints items"),
        ({"endpoints": {}}, "snapshot.endpoints: expected a list of ListAgentRuntimeEndpoints items"),
    ],
)
def test_a_document_that_is_no_snapshot_is_refused(changes, error):
    with pytest.raises(InvalidInput) as refused:
        snapshot({1: None}, {}, **changes)

    assert str(refused.value) == error


@pytest.mark.parametrize("document", [None, [], "x", 7, {}, {"event": 1}])
def test_what_is_nothing_like_a_snapshot_is_refused_and_never_judged(document):
    with pytest.raises(InvalidInput, match=r"^snapshot.*: expected "):
        parse_snapshot(document)


@pytest.mark.fuzz
@given(JSON | some_of(snapshot_document({9: None, 10: None}, {"DEFAULT": 10, "prod": 9}), JSON))
def test_whatever_json_is_given_it_is_judged_or_clearly_refused(document):
    verdict = read_or_refused(lambda each: judge(parse_snapshot(each), zone()), document)

    assert verdict is None or verdict.document()["compliance"] in set(Compliance)
