"""How flows are decided, one sentence at a time."""

from dataclasses import replace

import pytest

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.decide import Decider
from guardrail.core.firewall.flow import parse_flow
from guardrail.core.firewall.objects import (
    ALL_WEB,
    ANYWHERE,
    PUBLIC_INTERNET,
    Action,
    AppRequirement,
    Decrypt,
    DefaultAction,
    Enforcement,
    Protocol,
)
from guardrail.core.firewall.policy import Policy, Ruleset, Tier
from guardrail.core.firewall.site import NOWHERE
from tests.firewall_builders import DENY_ALL, GROUPS, LAST, WEB, policy, rule
from tests.firewall_worlds import SITE

AGENT = {"src_ip": "10.50.10.7"}
TLS = AGENT | {"protocol": "TCP", "port": 443, "sni": "api.example.com"}
GIT = AGENT | {"protocol": "TCP", "port": 443, "sni": "git.example.com"}
WATCHED = {"enforcement": Enforcement.MONITOR}
INSPECTING = {"web": ("worms",), "dst": ("inspected",), "decrypt": Decrypt.ALLOWED}


def decided(flow, *rules, site=NOWHERE, **more):
    return Decider(policy(*rules, **more), site).decide(parse_flow(flow))


def told(flow, *rules, **more):
    answer = decided(flow, *rules, **more)
    return answer.decision.value, answer.by


def test_the_lowest_priority_number_is_asked_first():
    late, early = rule("late", priority=20), rule("early", "DENY", priority=5)

    assert told(TLS, late, early) == ("DENY", "early")


def test_without_a_rule_the_default_action_decides():
    assert told(TLS) == ("DENY", "default-action")
    assert told(TLS, default=DefaultAction(Action.PERMIT, logging=False)) == ("PERMIT", "default-action")


def test_what_decides_says_whether_it_is_logged():
    assert decided(TLS, rule()).logged
    assert not decided(TLS, rule(logging=False)).logged
    assert not decided(TLS, default=DefaultAction(Action.DENY, logging=False)).logged


@pytest.mark.parametrize(
    ("changes", "by"),
    [
        ({}, "r"),
        ({"src": ("others",)}, "last"),
        ({"src": ("others", "agents")}, "r"),
        ({"dst": (PUBLIC_INTERNET,)}, "r"),
        ({"dst": ("others",)}, "last"),
        ({"protocol": Protocol.TCP}, "r"),
        ({"protocol": Protocol.UDP}, "last"),
        ({"ports": [(443, 443)]}, "r"),
        ({"ports": [(1, 442), (444, 500)]}, "last"),
        ({"ports": [(400, 443)]}, "r"),
        ({"ports": [(443, 450)]}, "r"),
        ({"web": ("names",)}, "r"),
        ({"web": ("git",)}, "last"),
        ({"web": ("git", "names")}, "r"),
        ({"web": ("void",)}, "last"),
        ({"enforcement": Enforcement.DISABLE}, "last"),
    ],
)
def test_a_rule_matches_if_all_of_its_parts_do(changes, by):
    assert decided(TLS, rule(**changes), LAST).by == by


@pytest.mark.parametrize(
    ("address", "public"),
    [("203.0.113.9", True), ("10.1.1.1", False), ("172.16.0.1", False), ("192.168.1.1", False), ("2001:db8::9", False)],
)
def test_the_public_internet_is_ipv4_outside_rfc_1918(address, public):
    by = decided(TLS | {"dst_ip": address}, rule(dst=(PUBLIC_INTERNET,))).by

    assert by == ("r" if public else "default-action")


def test_ipv6_is_a_family_of_its_own():
    six = GROUPS["others"].__class__("others", ((("cidr", "2001:db8::/32"),),))
    both = Policy((Ruleset("s", Tier.V1_LIST, (rule(dst=("others",)), LAST)),), GROUPS | {"others": six}, WEB, DENY_ALL)
    there = parse_flow(TLS | {"dst_ip": "2001:db8::9"})

    assert told(TLS | {"dst_ip": "2001:db8::9"}, LAST) == ("DENY", "default-action")
    assert Decider(both).decide(there).by == "r"


@pytest.mark.parametrize(
    ("flow", "by"),
    [
        ({"protocol": "ICMP"}, "any"),
        ({"protocol": "ICMP", "port": 53}, "any"),
        ({"protocol": "UDP", "port": 53}, "ports"),
        ({"protocol": "TCP", "port": 53}, "ports"),
        ({"protocol": "TCP", "port": 54}, "any"),
    ],
)
def test_any_protocol_with_ports_means_tcp_and_udp(flow, by):
    ports, anything = rule("ports", ports=[(53, 53)]), rule("any", priority=20)

    assert decided(AGENT | flow, ports, anything).by == by


@pytest.mark.parametrize(
    ("flow", "group", "matches"),
    [
        pytest.param({"sni": "API.example.com."}, "names", True, id="case and dot"),
        pytest.param({"sni": "x.y.sub.example.com"}, "names", True, id="labels"),
        pytest.param({"sni": "sub.example.com"}, "names", False, id="apex"),
        pytest.param({"sni": "badapi.example.com"}, "names", False, id="ends alike"),
        pytest.param({"app": "tls"}, "stars", False, id="TLS without a name needs more than a star"),
        pytest.param({"app": "tls"}, ALL_WEB, True, id="TLS without a name is All-Web"),
        pytest.param({"sni": "203.0.113.9"}, "stars", False, id="an address is no name"),
        pytest.param({"host": "api.example.com"}, "names", True, id="clear HTTP by Host"),
        pytest.param({"app": "http"}, ALL_WEB, True, id="clear HTTP without a Host"),
        pytest.param({"app": "http"}, "stars", False, id="clear HTTP without a Host needs more than a star"),
        pytest.param({"sni": "other.example", "host": "api.example.com"}, "names", False, id="TLS goes by its SNI"),
        pytest.param({"app": "other", "sni": "api.example.com"}, "names", False, id="neither TLS nor HTTP"),
        pytest.param({"app": "other"}, ALL_WEB, False, id="neither TLS nor HTTP is no web"),
        pytest.param({"app": "quic", "sni": "api.example.com"}, "names", False, id="QUIC"),
    ],
)
def test_web_groups_go_by_the_name_that_the_gateway_sees(flow, group, matches):
    by = decided(AGENT | {"protocol": "TCP", "port": 443} | flow, rule(web=(group,)), LAST).by

    assert by == ("r" if matches else "last")


def test_quic_falls_to_the_rules_about_udp():
    quic = AGENT | {"protocol": "UDP", "port": 443, "sni": "api.example.com"}
    no_quic = rule("no-quic", "DENY", priority=5, protocol=Protocol.UDP, ports=[(443, 443)])

    assert decided(quic, rule(web=("names",)), no_quic, LAST).by == "no-quic"


@pytest.mark.parametrize(
    ("flow", "matches"),
    [
        pytest.param({"path": "/x/Hulud-1"}, True, id="the path"),
        pytest.param({"path": "/x"}, False, id="another path"),
        pytest.param({"path": "/loot/bag"}, True, id="below a prefix"),
        pytest.param({"path": "/x/%48ulud"}, True, id="encoded"),
        pytest.param({"path": "/x?Hulud"}, False, id="in the query"),
        pytest.param({"path": "/Hulud", "host": "git.example.com"}, True, id="Host and SNI alike"),
        pytest.param({"path": "/Hulud", "host": "else.example.com"}, False, id="another Host"),
        pytest.param({"path": "/Hulud", "sni": "raw.example.com"}, False, id="another SNI"),
        pytest.param({"path": "/Hulud", "app": "http", "host": "git.example.com"}, False, id="not TLS"),
    ],
)
def test_a_url_rule_matches_by_sni_host_and_path(flow, matches):
    deny = rule("worm", "DENY", **INSPECTING)

    assert decided(GIT | flow, deny, rule(priority=20)).by == ("worm" if matches else "r")


def test_a_url_rule_that_may_not_decrypt_sees_no_path():
    blind = rule("worm", "DENY", **INSPECTING | {"decrypt": Decrypt.NOT_ALLOWED})

    assert decided(GIT | {"path": "/Hulud"}, blind, rule(priority=20)).by == "r"


def test_a_path_that_matches_in_another_case_matches_and_that_is_noted():
    deny = rule("worm", "DENY", **INSPECTING)

    assert decided(GIT | {"path": "/hULUD"}, deny).notes == ("fqdn-by-name", "path-case-assumed")
    assert decided(GIT | {"path": "/Hulud"}, deny).notes == ("fqdn-by-name",)


def test_a_rule_that_matches_by_name_too_assumes_nothing_about_case():
    both = rule("both", "DENY", **INSPECTING | {"web": ("worms", "git")})

    assert decided(GIT | {"path": "/hULUD"}, both).notes == ("fqdn-by-name",)


def test_an_unknown_path_may_change_the_decision_and_then_there_is_none():
    deny, permit = rule("worm", "DENY", **INSPECTING), rule("git", priority=20, web=("git",))
    answer = decided(GIT, deny, permit, LAST)

    assert (answer.decision, answer.by) == ("INDETERMINATE", None)
    assert "unknown: worm would DENY" in answer.notes


def test_what_is_unknown_but_changes_only_who_decides_is_noted():
    answer = decided(GIT, rule("worm", "DENY", **INSPECTING), LAST)

    assert (answer.decision, answer.by) == ("DENY", "last")
    assert "may-be-by: worm" in answer.notes


def test_no_beats_unknown():
    deny = rule("feed", "DENY", dst=("feed",), protocol=Protocol.UDP)

    assert told(TLS | {"dst_ip": "203.0.113.9"}, deny, rule(priority=20)) == ("PERMIT", "r")


@pytest.mark.parametrize("group", ["inspected", "feed", "vms"])
def test_with_an_address_only_the_controller_knows_who_is_in_such_a_group(group):
    there, deny = TLS | {"dst_ip": "203.0.113.9"}, rule("deny", "DENY", dst=(group,))

    assert told(there, deny, rule(priority=20)) == ("INDETERMINATE", None)
    assert told(there | {"dst_groups": [group]}, deny, rule(priority=20)) == ("DENY", "deny")


def test_a_port_that_is_unknown_is_unknown():
    flow = {key: value for key, value in TLS.items() if key != "port"}

    assert told(flow, rule(ports=[(443, 443)]), LAST) == ("INDETERMINATE", None)


def test_a_source_that_is_unknown_is_unknown_unless_its_groups_are_named():
    flow = {key: value for key, value in TLS.items() if key != "src_ip"}

    assert told(flow, rule(), LAST) == ("INDETERMINATE", None)
    assert told(flow, rule(src=(ANYWHERE,)), LAST) == ("PERMIT", "r")
    assert told(flow | {"src_groups": ["agents"]}, rule("o", "DENY", priority=1, src=("others",)), rule()) == (
        "PERMIT",
        "r",
    )


@pytest.mark.parametrize(
    ("name", "by"), [("git.example.com", "r"), ("GIT.example.com.", "r"), ("api.example.com", "last")]
)
def test_without_an_address_a_destination_is_in_the_fqdn_groups_that_list_its_name(name, by):
    answer = decided(GIT | {"sni": name}, rule(dst=("inspected",)), LAST)

    assert answer.by == by
    assert answer.notes == ("fqdn-by-name",)


@pytest.mark.parametrize(
    ("flow", "site", "reason"),
    [
        ({"crosses_gateway": False}, NOWHERE, "crosses no gateway"),
        ({"dst_ip": "169.254.169.254"}, NOWHERE, "link-local"),
        ({"dst_ip": "169.254.169.253", "crosses_gateway": True}, NOWHERE, "link-local"),
        ({"dst_ip": "fe80::1"}, NOWHERE, "link-local"),
        ({"dst_ip": "10.50.20.9"}, SITE, "endpoints"),
        ({"dst_ip": "10.50.20.9", "crosses_gateway": True}, SITE, "endpoints"),
        ({"src_ip": None, "src_groups": ["agents"], "dst_ip": "10.50.20.9"}, SITE, "endpoints"),
    ],
)
def test_what_no_gateway_sees_is_neither_permitted_nor_denied(flow, site, reason):
    answer = decided(TLS | flow, LAST, site=site)

    assert (answer.decision, answer.by, answer.logged) == ("NOT_INSPECTED", None, False)
    assert reason in answer.notes[0]


@pytest.mark.parametrize("flow", [{"dst_ip": "10.50.20.9", "src_ip": "10.60.1.1"}, {"dst_ip": "10.50.21.9"}])
def test_others_reach_the_endpoints_through_a_gateway(flow):
    assert decided(TLS | flow, rule(src=(ANYWHERE,)), site=SITE).decision == "PERMIT"


def test_what_is_not_inspected_is_told_what_the_rules_would_say():
    answer = decided(AGENT | {"protocol": "TCP", "dst_ip": "169.254.169.254"}, LAST)

    assert answer.notes[1] == "if-inspected: DENY by last"


@pytest.mark.parametrize(
    ("flow", "decision", "notes"),
    [
        pytest.param({"app": "tls"}, ("PERMIT", "tls"), [], id="TLS"),
        pytest.param({"app": "http"}, ("DENY", "tls"), ["not_tls"], id="HTTP"),
        pytest.param({"app": "other"}, ("DENY", "tls"), ["not_tls"], id="something else"),
    ],
)
def test_a_rule_that_demands_tls_denies_what_is_none(flow, decision, notes):
    demanding = rule("tls", app=AppRequirement.TLS_REQUIRED)
    answer = decided(TLS | flow | {"dst_ip": "203.0.113.9"}, demanding, rule(priority=20))

    assert (answer.decision, answer.by) == decision
    assert list(answer.notes) == notes


def test_a_rule_that_demands_tls_denies_the_rest_whatever_names_it_lists():
    demanding = rule("tls", app=AppRequirement.TLS_REQUIRED, web=("names",))

    assert told(TLS | {"app": "http", "host": "else.example"}, demanding, rule(priority=20)) == ("DENY", "tls")
    assert told(TLS | {"sni": "else.example"}, demanding, rule(priority=20)) == ("PERMIT", "r")


def test_a_rule_against_tls_does_not_match_it():
    assert decided(TLS, rule(app=AppRequirement.NOT_TLS_REQUIRED), LAST).by == "last"


def test_a_rule_on_watch_only_says_what_it_would_have_done():
    answer = decided(TLS, rule("watch", "DENY", priority=1, **WATCHED), rule())

    assert (answer.decision, answer.by) == ("PERMIT", "r")
    assert answer.document()["shadow"] == [{"rule": "watch", "would": "DENY"}]
    assert "watch_ambiguous" not in answer.notes


def test_if_watch_might_end_the_evaluation_and_the_flow_would_pass_that_is_noted():
    assert "watch_ambiguous" in decided(TLS, rule("watch", "DENY", priority=1, **WATCHED), LAST).notes


def test_a_rule_on_watch_behind_the_one_that_decides_is_not_asked():
    assert decided(TLS, rule(), rule("watch", "DENY", priority=20, **WATCHED)).shadow == ()


@pytest.mark.parametrize(
    ("changes", "noted"),
    [
        ({"web": ("names",)}, True),
        ({"web": ("names",), "dst": (PUBLIC_INTERNET,)}, True),
        ({"web": ("names",), "dst": ("others",)}, False),
        ({"web": ("names",), "decrypt": Decrypt.ALLOWED}, False),
        ({}, False),
    ],
)
def test_a_permit_by_name_to_any_address_is_noted_as_unverified(changes, noted):
    answer = decided(TLS | {"dst_groups": ["others"]}, rule(**changes))

    assert answer.by == "r"
    assert ("sni_unverified" in answer.notes) is noted


def test_a_group_that_nobody_knows_is_refused():
    with pytest.raises(InvalidInput, match=r"flow\.src_groups: expected only smart groups that the policy has"):
        decided(TLS | {"src_groups": ["nobody"]}, LAST)


@pytest.mark.parametrize(
    ("v1", "cluster", "after", "expected"),
    [
        pytest.param(("DENY",), ("PERMIT",), (), ("DENY", "v1"), id="a V1 deny beats a permit of a cluster"),
        pytest.param(("PERMIT",), ("DENY",), (), ("PERMIT", "v1"), id="a V1 permit beats a deny of a cluster"),
        pytest.param((), ("PERMIT",), ("DENY",), ("PERMIT", "cluster"), id="then a cluster"),
        pytest.param((), (), ("DENY",), ("DENY", "after"), id="then what comes after"),
        pytest.param((), (), (), ("PERMIT", "default-action"), id="then the default, which a factory leaves open"),
    ],
)
def test_tiers_are_asked_in_order_whatever_the_priorities(v1, cluster, after, expected):
    tiers = {"after": (Tier.AFTER, after), "cluster": (Tier.KUBERNETES, cluster), "v1": (Tier.V1_LIST, v1)}
    rulesets = tuple(
        Ruleset(name, tier, tuple(rule(name, action, priority=90 - tier) for action in actions))
        for name, (tier, actions) in tiers.items()
    )
    answer = Decider(Policy(rulesets, GROUPS, WEB, DefaultAction(Action.PERMIT, logging=False))).decide(parse_flow(TLS))

    assert (answer.decision, answer.by) == expected


def test_rules_of_one_priority_are_asked_in_the_order_of_the_list():
    first, second = rule("first"), rule("second", "DENY")

    assert decided(TLS, first, second).by == "first"
    assert decided(TLS, second, first).by == "second"


def test_a_note_names_five_unknown_rules_and_no_more():
    many = [replace(rule(f"r{at}", dst=("feed",)), priority=at) for at in range(9)]
    notes = decided(TLS | {"dst_ip": "203.0.113.9"}, *many).notes

    assert [note for note in notes if note.startswith("unknown")] == [f"unknown: r{at} would PERMIT" for at in range(5)]
