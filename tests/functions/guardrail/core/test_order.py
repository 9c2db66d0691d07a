"""What can be asked of the back-out function, and what is refused before anything happens."""

from datetime import timedelta

import pytest

from guardrail.core.errors import InvalidInput
from guardrail.core.order import Command, in_words, parse_order
from guardrail.core.switch import Scope
from tests.strategies import CANARY


def asked(**members):
    return parse_order({"command": "back-out", "reason": "INC-1", **members})


def test_a_back_out_is_of_the_insertion_for_four_hours_unless_it_says_otherwise():
    order = asked()

    assert (order.scopes, order.time) == ((Scope.INSERTION,), timedelta(hours=4))
    assert not order.allow_detach
    assert not order.dry_run


@pytest.mark.parametrize("command", ["restore", "status"])
def test_a_restore_and_a_status_are_about_everything_unless_they_say_otherwise(command):
    assert parse_order({"command": command}).scopes == ()
    assert parse_order({"command": command, "scope": "all"}).scopes == ()
    assert parse_order({"command": command, "scope": "policy"}).scopes == (Scope.POLICY,)


def test_a_member_that_is_null_is_not_given():
    assert asked(**{"for": None}, gateway=None, scope=None) == asked()


def test_watch_is_about_the_rules():
    order = parse_order({"command": "watch", "on": False, "rules": ["100-default-deny"], "reason": "x"})

    assert (order.scopes, order.on, order.rules) == ((Scope.POLICY,), False, ("100-default-deny",))


def watched(rules, on=True):
    return parse_order({"command": "watch", "on": on, "rules": rules, "reason": "x"}).identity(Scope.POLICY, "ours")


@pytest.mark.parametrize(
    "rules", [["b", "a"], ["a", "b", "a"], ["ours-a", "b"], ["ours-a", "ours-b"], ["b", "ours-b", "a"]]
)
def test_the_same_rules_however_they_are_named_are_the_same_order(rules):
    assert watched(rules) == watched(["a", "b"])


@pytest.mark.parametrize("rules", [["a"], ["a", "b", "c"], ["a", "theirs-b"], ["a", "oursb"], None])
def test_other_rules_are_another_order(rules):
    assert watched(rules) != watched(["a", "b"])
    assert watched(rules, on=False) != watched(rules)


@pytest.mark.parametrize(
    ("identity", "words"),
    [
        (watched(["ours-b", "a"]), "watch on a b"),
        (watched(None, on=False), "watch off --all"),
        (asked(scope="policy").identity(Scope.POLICY, "ours"), "back-out"),
    ],
)
def test_what_is_in_force_is_told_as_it_was_ordered(identity, words):
    assert in_words(identity) == words


def test_reason_time_and_who_asks_do_not_make_it_another_order():
    assert asked(claimed_by="x").identity(Scope.POLICY, "ours") == asked(reason="y", **{"for": "1h"}).identity(
        Scope.POLICY, "ours"
    )


def test_control_characters_do_not_get_into_a_message():
    order = asked(reason="a\x1b[31m\r\nb", claimed_by="dana\u202e")

    assert (order.reason, order.claimed_by) == ("a[31mb", "dana")


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (None, "command"),
        ([], "command"),
        ({}, "command"),
        ({"command": CANARY}, "command"),
        ({"command": "back-out"}, "reason"),
        ({"command": "back-out", "reason": " \x00 "}, "reason"),
        ({"command": "back-out", "reason": "x" * 501}, "reason"),
        ({"command": "back-out", "reason": 1}, "reason"),
        ({"command": "back-out", "reason": "x", "scope": CANARY}, "scope"),
        ({"command": "back-out", "reason": "x", "scope": ["policy"]}, "scope"),
        ({"command": "back-out", "reason": "x", "gateway": f"a/{CANARY}"}, "gateway"),
        ({"command": "back-out", "reason": "x", "for": "8d"}, "for"),
        ({"command": "back-out", "reason": "x", "allow_detach": 1}, "allow_detach"),
        ({"command": "back-out", "reason": "x", CANARY: 1}, "back-out"),
        ({"command": "watch", "reason": "x", "rules": []}, "rules"),
        ({"command": "watch", "reason": "x", "rules": [1]}, "rules"),
        ({"command": "watch", "reason": "x", "on": "yes"}, "on"),
        ({"command": "watch", "rules": ["a"]}, "reason"),
        ({"command": "revoke"}, "id"),
        ({"command": "remind"}, "ends"),
        ({"command": "settle", "scope": "all"}, "settle"),
    ],
)
def test_what_is_wrong_is_named_and_not_quoted(document, where):
    with pytest.raises(InvalidInput) as refused:
        parse_order(document)

    assert refused.value.where == where
    assert CANARY not in str(refused.value)


EXEMPTION = {"id": "EX-1", "owner": "a", "reason": "b", "ticket": "c", "runtimes": ["orders_*"], "rules": ["subnets"]}


def test_an_exemption_is_everything_but_the_command_and_the_claim():
    order = parse_order({"command": "exempt", **EXEMPTION, "claimed_by": "dana"})

    assert order.command is Command.EXEMPT
    assert order.document == EXEMPTION
    assert order.claimed_by == "dana"


@pytest.mark.parametrize("key", ["id", "owner", "reason", "ticket", "runtimes"])
def test_the_texts_of_an_exemption_are_lines_of_a_bounded_length(key):
    def read(text):
        return parse_order({"command": "exempt", **EXEMPTION, key: [text] if key == "runtimes" else text}).document[key]

    assert read("orders\n\x1b[31m") == (["orders[31m"] if key == "runtimes" else "orders[31m")
    for text in ("x" * 501, "", "\n", 7, None):
        with pytest.raises(InvalidInput, match=f"{key}: expected a line of text"):
            read(text)


@pytest.mark.parametrize("runtimes", [None, [], "orders_*", ["orders_*"] * 101])
def test_an_exemption_names_some_runtimes_and_not_thousands(runtimes):
    with pytest.raises(InvalidInput, match="runtimes: expected a list"):
        parse_order({"command": "exempt", **EXEMPTION, "runtimes": runtimes})
