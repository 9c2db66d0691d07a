"""The verdict: every version that traffic can reach, every broken rule, unknown never fine."""

import json
from hashlib import sha256
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.exemption import NONE, parse_exemptions
from guardrail.core.runtimes.snapshot import parse_snapshot
from guardrail.core.runtimes.verdict import judge
from tests.builders import (
    FOREIGN_GROUP,
    FOREIGN_SUBNET,
    NOW,
    PUBLIC,
    RUNTIME_ARN,
    RUNTIME_ID,
    SUBNETS,
    answer,
    endpoint,
    snapshot,
    snapshot_document,
    vpc,
    zone,
    zone_document,
)
from tests.naive_judge import OWN_WORDS, naive_verdict
from tests.strategies import ERRORS, NETWORKS, TIMES, snapshots

THROTTLED = {"error": "ThrottlingException"}


def verdict(placed, serves, **changes):
    return judge(snapshot(placed, serves, **changes), zone()).document()


def broken(document):
    return [(each["rule"], each["version"], each["endpoints"]) for each in document["violations"]]


def test_a_runtime_inside_the_zone_is_compliant():
    assert verdict({1: None}, {"DEFAULT": 1}) == {
        "runtime_id": RUNTIME_ID,
        "runtime_arn": RUNTIME_ARN,
        "compliance": "COMPLIANT",
        "violations": [],
        "dormant": [],
        "unread": [],
        "notes": [],
        "digest": verdict({1: None}, {"DEFAULT": 1})["digest"],
    }


def test_a_violation_is_told_in_full():
    document = verdict({3: PUBLIC}, {"prod": 3, "DEFAULT": 3})
    violation = document["violations"][0]

    assert document["compliance"] == "NON_COMPLIANT"
    assert sorted(violation.pop("fix")) == ["cdk", "cli", "cloudformation", "terraform"]
    assert document["violations"] == [
        {
            "rule": "network-mode",
            "version": "3",
            "endpoints": ["DEFAULT", "prod"],
            "observed": "PUBLIC",
            "allowed": "VPC",
            "severity": "HIGH",
            "exempted_by": None,
        }
    ]


@pytest.mark.parametrize(
    ("placed", "serves", "expected"),
    [
        pytest.param({1: PUBLIC}, {"DEFAULT": 1}, [("network-mode", "1", ["DEFAULT"])], id="the newest"),
        pytest.param({1: PUBLIC, 2: None}, {"prod": 1}, [("network-mode", "1", ["prod"])], id="an old one is pinned"),
        pytest.param({1: None, 2: PUBLIC}, {"DEFAULT": 1}, [("network-mode", "2", [])], id="newest without endpoint"),
        pytest.param(
            {9: PUBLIC, 10: PUBLIC},
            {"a": 10, "b": 9},
            [("network-mode", "9", ["b"]), ("network-mode", "10", ["a"])],
            id="10 comes after 9",
        ),
        pytest.param(
            {1: vpc([FOREIGN_SUBNET], [FOREIGN_GROUP]), 2: PUBLIC},
            {"a": 1},
            [("subnets", "1", ["a"]), ("security-groups", "1", ["a"]), ("network-mode", "2", [])],
            id="by version, then in the order of the rules",
        ),
    ],
)
def test_a_runtime_is_judged_by_every_version_that_traffic_can_reach(placed, serves, expected):
    assert broken(verdict(placed, serves)) == expected


@pytest.mark.parametrize(("live", "target"), [(1, 2), (2, 1), (None, 1), (1, None)])
def test_live_and_target_version_count_both(live, target):
    document = verdict({1: PUBLIC, 2: None}, {}, endpoints=[endpoint("prod", live, target)])

    assert broken(document) == [("network-mode", "1", ["prod"])]


def test_a_dormant_version_is_judged_and_listed_and_is_no_violation():
    document = verdict({1: PUBLIC, 2: vpc([FOREIGN_SUBNET]), 3: None}, {"DEFAULT": 3})

    assert document["compliance"] == "COMPLIANT"
    assert document["dormant"] == [
        {"rule": "network-mode", "version": "1", "observed": "PUBLIC", "allowed": "VPC"},
        {"rule": "subnets", "version": "2", "observed": [FOREIGN_SUBNET], "allowed": SUBNETS},
    ]


@pytest.mark.parametrize(
    ("changes", "unread"),
    [
        pytest.param({"runtime": THROTTLED}, ["runtime"], id="runtime"),
        pytest.param({"endpoints": THROTTLED}, ["endpoints"], id="endpoints"),
        pytest.param({"endpoints": [THROTTLED]}, ["endpoints"], id="an endpoint"),
        pytest.param({"endpoints": [endpoint("a", "x", "x")]}, ["endpoint a"], id="an endpoint's version"),
        pytest.param({"endpoints": [endpoint("a", 2, 7)]}, ["version 7"], id="a version that versions lacks"),
        pytest.param({"versions": {"9": THROTTLED}}, ["version 9"], id="the newest"),
        pytest.param({"runtime": answer(2, {"networkMode": 5}), "versions": {}}, ["version 2"], id="a malformed mode"),
        pytest.param({"runtime": answer(2, vpc("x")), "versions": {}}, ["version 2"], id="malformed subnets"),
        pytest.param({"runtime": answer(2, vpc(SUBNETS, [7])), "versions": {}}, ["version 2"], id="malformed groups"),
        pytest.param({"runtime": answer("two")}, ["runtime"], id="the runtime's version"),
        pytest.param(
            {"runtime": THROTTLED, "endpoints": [endpoint("b", 8, 7), THROTTLED, endpoint("a")]},
            ["endpoint a", "endpoints", "runtime", "version 7", "version 8"],
            id="several, sorted",
        ),
    ],
)
def test_what_could_not_be_read_is_listed_and_is_never_compliant(changes, unread):
    document = verdict({2: None}, {"DEFAULT": 2}, **changes)

    assert document["compliance"] == "INSUFFICIENT_DATA"
    assert [each["what"] for each in document["unread"]] == unread


def test_what_could_not_be_read_hides_no_violation():
    document = verdict({1: PUBLIC}, {"DEFAULT": 1}, endpoints=THROTTLED)

    assert document["compliance"] == "NON_COMPLIANT"
    assert document["unread"] == [{"what": "endpoints", "why": "ThrottlingException"}]


def test_a_dormant_version_that_could_not_be_read_is_a_note_and_no_doubt():
    document = verdict({2: None}, {"DEFAULT": 2}, versions={"1": THROTTLED})

    assert document["compliance"] == "COMPLIANT"
    assert document["unread"] == []
    assert document["notes"] == ["dormant version 1 could not be read: ThrottlingException"]


def test_status_is_never_judged():
    failed = answer(1, status="UPDATE_FAILED", failureReason="internal error")

    assert verdict({1: None}, {}, runtime=failed)["compliance"] == "COMPLIANT"


def test_a_member_of_a_placement_that_is_not_known_here_is_noted_and_not_judged():
    document = verdict({1: {**vpc(), "dualStack": True}, 2: None}, {"DEFAULT": 2})

    assert document["compliance"] == "COMPLIANT"
    assert document["notes"] == ["version 1: networkConfiguration.dualStack is not known here and was not judged"]


@pytest.mark.parametrize("changes", [{"account": "444455556666"}, {"region": "eu-west-1"}])
def test_a_snapshot_of_another_account_or_region_is_refused(changes):
    with pytest.raises(InvalidInput, match=r"^snapshot: expected account 111122223333 and Region us-east-1"):
        judge(snapshot({1: None}, {}, **changes), zone())


def exemption(rule, **changes):
    return {
        "id": "EX-1",
        "owner": "o",
        "reason": "r",
        "ticket": "t",
        "runtimes": ["orders_*"],
        "rules": [rule],
        "expires": "2026-12-31",
        **changes,
    }


@pytest.mark.parametrize(
    ("exempted", "changes", "compliance"),
    [
        pytest.param(["network-mode"], {}, "COMPLIANT", id="answered for"),
        pytest.param(["subnets"], {}, "NON_COMPLIANT", id="another rule"),
        pytest.param(["network-mode"], {"endpoints": THROTTLED}, "INSUFFICIENT_DATA", id="answered for, but unread"),
    ],
)
def test_an_exempted_violation_stays_listed_and_does_not_count(exempted, changes, compliance):
    exemptions = parse_exemptions([exemption(rule) for rule in exempted], NOW)
    document = judge(snapshot({1: PUBLIC}, {"DEFAULT": 1}, **changes), zone(), exemptions).document()

    assert document["compliance"] == compliance
    assert [each["exempted_by"] for each in document["violations"]] == [
        "EX-1" if exempted == ["network-mode"] else None
    ]


def test_an_expired_exemption_is_a_note():
    exemptions = parse_exemptions([exemption("network-mode", expires="2026-11-19")], NOW)
    document = judge(snapshot({1: PUBLIC}, {}), zone(), exemptions).document()

    assert document["compliance"] == "NON_COMPLIANT"
    assert document["notes"] == ["exemption EX-1 expired on 2026-11-19 and is ignored"]


def expected_digest(document):
    kept = {key: value for key, value in document.items() if key not in ("digest", "notes")}
    kept["violations"] = [{k: v for k, v in each.items() if k != "fix"} for each in document["violations"]]
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + sha256(text.encode()).hexdigest()


@pytest.mark.fuzz
@given(snapshots())
def test_the_digest_covers_everything_but_itself_the_notes_and_the_fixes(document):
    judged = judge(parse_snapshot(document), zone()).document()

    assert judged["digest"] == expected_digest(judged)


def reordered(value):
    """The same value with the keys of every object in the opposite order."""
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(each) for each in value] if isinstance(value, list) else value


@pytest.mark.fuzz
@given(snapshots())
def test_equal_inputs_give_byte_equal_verdicts_whatever_the_order_of_their_keys(document):
    exemptions = parse_exemptions([exemption("subnets")], NOW)
    once, again = (
        json.dumps(judge(parse_snapshot(each), zone(), exemptions).document())
        for each in (document, reordered(document))
    )

    assert once == again


EXEMPTIONS = [
    exemption("network-mode", id="EX-2"),
    exemption("network-mode", id="EX-1", runtimes=["orders_agent"]),
    exemption("subnets", runtimes=["arn:*"], expires="2026-11-20"),
    exemption("capacity-provider", expires="2026-11-19"),
    exemption("security-groups", runtimes=["somebody_else"]),
]


def agrees_with_the_naive_judge(document, exemptions=()):
    ours = judge(parse_snapshot(document), zone(), parse_exemptions(list(exemptions), NOW)).document()
    theirs = naive_verdict(document, zone_document(), list(exemptions), NOW.date())
    unread = [(each["what"], each["why"]) for each in ours["unread"]]
    assert {key: ours[key] for key in theirs if key not in ("violations", "unread")} == {
        key: theirs[key] for key in theirs if key not in ("violations", "unread")
    }
    assert [{k: v for k, v in each.items() if k not in ("fix", "severity")} for each in ours["violations"]] == theirs[
        "violations"
    ]
    assert unread == sorted(unread)
    assert {what for what, _ in unread} == {what for what, _ in theirs["unread"]}
    assert {each for each in theirs["unread"] if each[1] != OWN_WORDS} <= set(unread)


@pytest.mark.fuzz
@given(snapshots(), st.lists(st.sampled_from(EXEMPTIONS), max_size=3))
@example(snapshot_document({9: None, 10: PUBLIC}, {"prod": 9, "DEFAULT": 10}), [])
def test_a_second_judge_made_from_the_words_of_the_interface_agrees(document, exemptions):
    agrees_with_the_naive_judge(document, exemptions)


def test_the_second_judge_agrees_on_every_combination_of_placement_age_and_endpoint():
    serving = [{"DEFAULT": 10}, {"DEFAULT": 9}, {"DEFAULT": 10, "prod": 9}, {}]
    for old, new, created, serves in product((*NETWORKS, *ERRORS), NETWORKS, TIMES[:2], serving):
        answers = [old if old in ERRORS else answer(9, old, createdAt=created), answer(10, new)]
        agrees_with_the_naive_judge(
            snapshot_document({10: None}, serves, runtime=answers[1], versions={"9": answers[0]}), EXEMPTIONS[:1]
        )


def test_no_exemption_is_the_same_as_an_empty_list():
    assert parse_exemptions([], NOW) == NONE
