"""Packs compared by what they do to flows."""

from dataclasses import replace

from guardrail.core.firewall.answer import Decision
from guardrail.core.firewall.difference import difference
from guardrail.core.firewall.objects import Action, Decrypt, Protocol, WebGroup
from guardrail.core.firewall.site import NOWHERE
from tests.firewall_builders import WEB, pack, rule


def compared(before, after):
    return difference(before, after, NOWHERE)


def test_equal_packs_differ_in_nothing():
    found = compared(pack(rule(web=("names",))), pack(rule(web=("names",))))

    assert (found.changes, found.renamed) == ((), 0)
    assert found.tried > 0


def test_a_permit_that_is_added_shows_as_flows_newly_allowed_and_one_that_goes_as_newly_denied():
    without, with_it = pack(), pack(rule(web=("names",), ports=[(443, 443)]))
    added, removed = compared(without, with_it), compared(with_it, without)

    assert {change.flow["sni"] for change in added.newly(Decision.PERMIT)} == {"api.example.com", "any.sub.example.com"}
    assert added.newly(Decision.DENY) == ()
    assert {change.flow["port"] for change in removed.newly(Decision.DENY)} == {443}


def test_one_more_name_in_a_group_is_one_more_flow():
    wider = WEB | {"names": WebGroup("names", sni=("api.example.com", "*.sub.example.com", "new.example.com"))}
    found = compared(pack(rule(web=("names",))), pack(rule(web=("names",)), web_groups=wider))

    assert {change.flow.get("sni") for change in found.changes} == {"new.example.com"}


def test_another_order_shows_where_it_matters():
    deny = rule("deny", "DENY", priority=5, web=("names",))
    found = compared(pack(deny, rule()), pack(replace(deny, priority=20), rule()))

    assert {change.after.by for change in found.newly(Decision.PERMIT)} == {"r"}
    assert {change.flow["sni"] for change in found.changes} == {"api.example.com", "any.sub.example.com"}


def test_paths_are_tried_and_so_are_ports_at_the_ends_of_ranges_and_groups_without_addresses():
    opened = {"dst": ("inspected",), "decrypt": Decrypt.ALLOWED, "protocol": Protocol.TCP}
    worm = rule("worm", "DENY", priority=5, web=("worms",), **opened)
    paths = compared(pack(rule()), pack(worm, rule()))
    ports = compared(pack(rule(dst=("feed",), ports=[(10, 20)])), pack(rule(dst=("feed",), ports=[(10, 21)])))

    assert {change.flow["path"] for change in paths.changes} == {"/anyHuludany", "/loot/any"}
    assert {change.flow["port"] for change in ports.changes} == {21}
    assert {tuple(change.flow["dst_groups"]) for change in ports.changes} == {("feed",)}


def test_another_rule_with_the_same_decision_is_only_counted():
    found = compared(pack(rule("old")), pack(rule("new")))

    assert found.changes == ()
    assert found.renamed == found.tried


def test_the_document_says_that_more_cannot_be_ruled_out():
    found = compared(pack(), pack(rule()))
    document = found.document()

    assert document["complete"] is False
    assert document["newly_denied"] == []
    assert document["newly_allowed"][0]["before"] == {"decision": "DENY", "by": "last"}
    assert all(change.after.decision.value == Action.PERMIT.value for change in found.changes)
