"""The registry: a uuid in an old log line leads to the rule, and to the pack, that were there then."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.registry import KEPT, Registry, parse_registry
from tests.builders import NOW

A, B = "11111111-2222-4333-8444-00000000000a", "11111111-2222-4333-8444-00000000000b"
HOUR = timedelta(hours=1)


def applied(*states):
    """The registry after these (digest, rules) were applied, an hour after one another."""
    registry = Registry()
    for hours, (digest, rules) in enumerate(states):
        registry = registry.after("agentcore", digest, rules, rules.values(), NOW + hours * HOUR)
    return registry


def test_a_rule_is_found_by_its_uuid_with_every_pack_that_was_in_force_while_it_was_there():
    registry = applied(("v1", {A: "x-deny"}), ("v2", {A: "x-deny", B: "x-allow"}), ("v3", {B: "x-allow"}))

    [found] = registry.of(A)

    assert (found["name"], found["since"]) == ("x-deny", NOW.isoformat())
    assert found["until"] == (NOW + 2 * HOUR).isoformat()
    assert [pack["digest"] for pack in found["packs"]] == ["v1", "v2"]
    assert [pack["digest"] for pack in registry.of(B)[0]["packs"]] == ["v2", "v3"]
    assert registry.of(B)[0]["until"] is None


def test_a_uuid_that_got_another_name_is_told_with_both_the_newest_first():
    registry = applied(("v1", {A: "x-one"}), ("v2", {A: "x-two"}))

    assert [(each["name"], each["until"] is None) for each in registry.of(A)] == [("x-two", True), ("x-one", False)]


def test_a_pack_that_comes_back_is_in_force_a_second_time():
    registry = applied(("v1", {A: "x"}), ("v2", {A: "x"}), ("v1", {A: "x"}))

    assert [(pack.digest, pack.term.until is None) for pack in registry.packs] == [
        ("v1", False),
        ("v2", False),
        ("v1", True),
    ]


def test_a_uuid_is_found_however_it_is_written_and_an_unknown_one_is_not():
    assert applied(("v1", {A: "x"})).of(A.upper())
    assert applied(("v1", {A: "x"})).of(B) == []


def test_applying_the_same_again_changes_nothing():
    once = applied(("v1", {A: "x"}))

    assert once.after("agentcore", "v1", {A: "x"}, ["x"], NOW + HOUR) == once


def test_what_has_ended_is_forgotten_after_a_year_and_more_but_no_name():
    registry = applied(("v1", {A: "x-old"}), ("v2", {B: "x-new"}))

    later = registry.after("agentcore", "v2", {B: "x-new"}, ["x-new"], NOW + HOUR + KEPT)

    assert later.of(A) == []
    assert later.of(B)
    assert later.names == {"x-old", "x-new"}


STATES = st.lists(
    st.tuples(
        st.sampled_from(["v1", "v2", "v3"]),
        st.dictionaries(st.sampled_from([A, B]), st.sampled_from(["x-one", "x-two"])),
    ),
    min_size=1,
    max_size=6,
)


@given(STATES)
def test_at_every_hour_the_registry_says_what_was_there_at_that_hour(states):
    registry = applied(*states)

    for hours, (digest, rules) in enumerate(states):
        then = NOW + hours * HOUR

        def now(entries, then=then):
            return [e for e in entries if e.term.since <= then and (e.term.until is None or then < e.term.until)]

        assert {(each.uuid, each.name) for each in now(registry.rules)} == set(rules.items())
        assert [pack.digest for pack in now(registry.packs)] == [digest]


@given(STATES)
def test_what_is_written_is_read_back(states):
    assert parse_registry("registry", applied(*states).document()) == applied(*states)


@pytest.mark.parametrize("document", [None, [], {}, {"version": 2}, {**Registry().document(), "rules": [{}]}])
def test_something_else_is_refused(document):
    with pytest.raises(InvalidInput, match=r"^registry: expected a registry of rules, version 1$"):
        parse_registry("registry", document)
