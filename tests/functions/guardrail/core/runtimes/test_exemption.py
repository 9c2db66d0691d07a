"""Somebody answers for a broken rule, for at most 90 days."""

import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.exemption import Exemptions, kept_exemptions, parse_exemptions
from guardrail.core.runtimes.rules import RuleId
from tests.builders import NOW, RUNTIME_ARN, RUNTIME_NAME
from tests.strategies import JSON, read_or_refused, some_of

TODAY = NOW.date()


def exemption(**changes: object) -> dict[str, object]:
    return {
        "id": "EX-1",
        "owner": "orders",
        "reason": "a migration",
        "ticket": "NET-7",
        "runtimes": ["orders_*"],
        "rules": ["subnets"],
        "expires": str(TODAY),
        **changes,
    }


def rules_exempted(*documents, at=NOW, name=RUNTIME_NAME, arn=RUNTIME_ARN):
    return {rule.value: by for rule, by in parse_exemptions(list(documents), at).for_runtime(name, arn).items()}


@pytest.mark.parametrize(
    ("glob", "covered"),
    [
        ("orders_agent", True),
        ("orders_*", True),
        ("*", True),
        ("orders_agen?", True),
        ("orders_[a-z]*", True),
        ("Orders_*", False),
        ("orders", False),
        ("rders_*", False),
        (RUNTIME_ARN, True),
        ("arn:aws:*:runtime/orders_agent-*", True),
        ("orders_agent-AbCdEfGhIj", False),
        ("[", False),
    ],
)
def test_a_glob_covers_a_runtime_by_its_name_or_its_arn_and_case_matters(glob, covered):
    assert rules_exempted(exemption(runtimes=["never", glob])) == ({"subnets": "EX-1"} if covered else {})


def test_a_runtime_that_nothing_names_is_covered_by_no_glob():
    assert rules_exempted(exemption(runtimes=["*"]), name=None, arn=None) == {}


@pytest.mark.parametrize(
    ("days", "holds"),
    [(-1, False), (0, True), (1, True), (90, True)],
    ids=["yesterday", "today", "tomorrow", "90 days"],
)
def test_an_exemption_holds_to_the_end_of_its_last_day(days, holds):
    last_second = NOW.replace(hour=23, minute=59, second=59)
    document = exemption(expires=str(TODAY + timedelta(days=days)))

    assert bool(rules_exempted(document, at=last_second)) is holds


def test_the_days_are_those_of_utc():
    evening_in_new_york = datetime(2026, 11, 19, 22, tzinfo=timezone(-timedelta(hours=5)))

    assert rules_exempted(exemption(expires="2026-11-20"), at=evening_in_new_york)
    assert not rules_exempted(exemption(expires="2026-11-19"), at=evening_in_new_york)


def test_of_several_exemptions_the_lowest_id_is_named():
    documents = [exemption(id=each, rules=["subnets", "network-mode"]) for each in ("EX-2", "EX-1", "EX-3")]

    assert rules_exempted(*documents, exemption(id="EX-0", rules=["capacity-provider"])) == {
        "subnets": "EX-1",
        "network-mode": "EX-1",
        "capacity-provider": "EX-0",
    }


def test_an_expired_exemption_is_ignored_and_mentioned_where_it_would_have_covered():
    parsed = parse_exemptions([exemption(expires="2026-11-19"), exemption(id="EX-2")], NOW)

    assert [each.id for each in parsed.valid] == ["EX-2"]
    assert parsed.notes(RUNTIME_NAME, None) == ["exemption EX-1 expired on 2026-11-19 and is ignored"]
    assert parsed.notes("another", None) == []


@pytest.mark.parametrize("text", [None, "", "{", "[" * 100_000, "{}", json.dumps(exemption(rules=["a-rule-to-come"]))])
def test_of_what_is_kept_one_that_nobody_can_read_is_mentioned_and_hides_no_other(text):
    kept = kept_exemptions({"EX-1": json.dumps(exemption()), "EX-0": text}, NOW)

    assert kept == Exemptions(valid=parse_exemptions(exemption(), NOW).valid, unreadable=("EX-0",))
    assert kept.notes("another", None) == ["exemption EX-0 is of no known form and is ignored"]


def test_a_single_exemption_needs_no_list():
    assert parse_exemptions(exemption(), NOW) == parse_exemptions([exemption()], NOW)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"expires": None}, "exemptions[0].expires: expected a day such as", id="no expiry"),
        pytest.param({"expires": "never"}, "exemptions[0].expires: expected a day such as", id="no day"),
        pytest.param({"expires": "20261201"}, "exemptions[0].expires: expected a day such as", id="another form"),
        pytest.param({"expires": "2026-02-30"}, "exemptions[0].expires: expected a day such as", id="no such day"),
        pytest.param({"expires": "2027-02-19"}, "exemptions[0].expires: expected a day at most 90", id="91 days"),
        pytest.param({"rules": ["all"]}, "exemptions[0].rules: expected only network-mode, subnets", id="unknown rule"),
        pytest.param({"rules": []}, "exemptions[0].rules: expected a list of at least one", id="no rule"),
        pytest.param({"rules": "subnets"}, "exemptions[0].rules: expected a list", id="rules are text"),
        pytest.param({"rules": [["subnets"]]}, "exemptions[0].rules: expected a list", id="a rule is a list"),
        pytest.param({"runtimes": []}, "exemptions[0].runtimes: expected a list of at least one", id="no runtime"),
        pytest.param({"runtimes": [""]}, "exemptions[0].runtimes: expected a list", id="an empty glob"),
        pytest.param({"owner": " "}, "exemptions[0].owner: expected a string that is not empty", id="nobody answers"),
        pytest.param({"ticket": 7}, "exemptions[0].ticket: expected a string", id="ticket is a number"),
        pytest.param({"subnets": []}, "exemptions[0]: expected an object with the keys id, owner", id="unknown key"),
    ],
)
def test_an_exemption_with_a_mistake_is_refused(changes, error):
    with pytest.raises(InvalidInput) as refused:
        parse_exemptions([exemption(**changes)], NOW)

    assert str(refused.value).startswith(error)


@pytest.mark.parametrize("key", ["id", "owner", "reason", "ticket", "runtimes", "rules", "expires"])
def test_an_exemption_that_lacks_a_key_is_refused(key):
    document = exemption()
    del document[key]

    with pytest.raises(InvalidInput, match=rf"^exemptions\[1\]\.{key}: expected "):
        parse_exemptions([exemption(), document], NOW)


@pytest.mark.fuzz
@given(JSON | some_of([exemption(), exemption(id="EX-2")], JSON))
def test_whatever_json_is_given_it_is_read_or_clearly_refused(documents):
    exemptions = read_or_refused(lambda each: parse_exemptions(each, NOW), documents)

    assert exemptions is None or set(exemptions.for_runtime(RUNTIME_NAME, RUNTIME_ARN)) <= set(RuleId)
