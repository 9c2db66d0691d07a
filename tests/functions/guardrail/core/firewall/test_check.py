"""What a pack can be wrong in, and that a good one is not."""

from dataclasses import replace
from ipaddress import ip_network

import pytest

from guardrail.core.firewall.answer import Decision
from guardrail.core.firewall.check import check
from guardrail.core.firewall.finding import NOT_CHECKED, Code
from guardrail.core.firewall.objects import (
    ALL_WEB,
    ANYWHERE,
    Action,
    AppRequirement,
    Decrypt,
    DefaultAction,
    Enforcement,
    Protocol,
    SmartGroup,
    WebGroup,
)
from guardrail.core.firewall.pack import Expectation
from guardrail.core.firewall.site import NOWHERE, Site
from tests.firewall_builders import GROUPS, LAST, WEB, pack, rule

OPENED = {"dst": ("inspected",), "decrypt": Decrypt.ALLOWED, "protocol": Protocol.TCP}
PODS = Site(pod_networks=(ip_network("10.50.10.0/28"),))


def found(*rules, site=NOWHERE, **changes):
    return [(error.code.value, error.rule) for error in check(pack(*rules, **changes), site).errors]


def test_a_good_pack_has_no_errors():
    assert (
        found(rule(web=("names",), dst=(ANYWHERE,)), rule("worm", "DENY", priority=5, web=("worms",), **OPENED)) == []
    )


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ([rule("a"), rule("a", priority=11)], "duplicate-name"),
        ([rule("b"), rule("a")], "duplicate-priority"),
        ([rule("a", logging=False)], "unlogged-rule"),
        ([rule("a", decrypt=Decrypt.UNSPECIFIED)], "decrypt-unstated"),
        ([rule("a", decrypt=Decrypt.ALLOWED, protocol=Protocol.TCP)], "decrypt-outside-scope"),
        ([rule("a", **OPENED | {"dst": ("inspected", "others")})], "decrypt-outside-scope"),
        ([rule("a", **OPENED | {"protocol": Protocol.ANY})], "decrypt-outside-scope"),
        ([rule("a", "DENY", web=("worms",), dst=("inspected",))], "url-without-decrypt"),
        ([rule("a", web=("names",), protocol=Protocol.ANY)], "web-without-tcp"),
        ([rule("a", web=("names",), protocol=Protocol.UDP)], "web-without-tcp"),
        ([rule("a", web=("stars",))], "broad-wildcard"),
        ([rule("a", web=("names", "stars"))], "broad-wildcard"),
        ([rule("a", web=(ALL_WEB,))], "broad-wildcard"),
        ([rule("a", src=("pods",))], "cluster-shadowed"),
        ([rule("a", "DENY", src=("agents", "pods"), dst=("others",))], "cluster-shadowed"),
    ],
)
def test_a_rule_can_be_wrong(rules, code):
    assert found(*rules) == [(code, "a")]


def test_a_broad_name_that_is_denied_is_fine():
    assert found(rule("a", "DENY", web=("stars",))) == []


@pytest.mark.parametrize(
    ("pattern", "wrong"), [("*.github.io/x", True), ("*.example.com/x", False), ("git.example.com/*", False)]
)
def test_the_host_of_a_url_can_be_broad_too(pattern, wrong):
    groups = WEB | {"urls": WebGroup("urls", url=(pattern,))}
    codes = found(rule("a", web=("urls",), **OPENED), web_groups=groups)

    assert codes == ([("broad-wildcard", "a")] if wrong else [])


@pytest.mark.parametrize(
    "last",
    [
        pytest.param(rule("last", priority=100), id="a permit"),
        pytest.param(replace(LAST, dst=("others",)), id="not to anywhere"),
        pytest.param(replace(LAST, protocol=Protocol.TCP), id="TCP only"),
        pytest.param(rule("last", "DENY", priority=100, ports=[(1, 65_535)]), id="ports only"),
        pytest.param(replace(LAST, web=("stars",), protocol=Protocol.TCP), id="named only"),
        pytest.param(replace(LAST, app=AppRequirement.NOT_TLS_REQUIRED), id="not TLS"),
        pytest.param(replace(LAST, enforcement=Enforcement.MONITOR), id="on Watch"),
    ],
)
def test_the_last_rule_must_deny_everything(last):
    errors = check(replace(pack(), rules=(last,)), NOWHERE).errors

    assert ("no-default-deny", "last") in [(error.code.value, error.rule) for error in errors]


def test_a_pack_without_rules_or_with_an_open_default_denies_nothing():
    assert ("no-default-deny", None) in [
        (e.code.value, e.rule) for e in check(replace(pack(), rules=()), NOWHERE).errors
    ]
    assert found(default_action=DefaultAction(Action.PERMIT, logging=True)) == [("no-default-deny", "default-action")]
    assert found(default_action=None) == [("no-default-deny", "default-action")]
    assert found(default_action=DefaultAction(Action.DENY, logging=False)) == [("unlogged-rule", "default-action")]


def test_the_last_rule_is_the_one_with_the_highest_number_wherever_it_stands():
    assert found(rule("a", priority=200)) == [("no-default-deny", "a")]


def test_a_smart_group_and_a_web_group_cannot_share_a_name():
    assert found(web_groups=WEB | {"agents": WebGroup("agents", sni=("a.example.com",))}) == [("duplicate-name", None)]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, True),
        ({"dst": ("others",)}, False),
        ({"src": ("others",)}, False),
    ],
)
def test_a_source_that_takes_in_pods_makes_their_policies_void(changes, wrong):
    codes = found(rule("a", "DENY", **changes), site=PODS, web_groups=WEB)

    assert (("cluster-shadowed", "a") in codes) is wrong
    assert found(rule("a", "DENY"), site=replace(PODS, after_clusters=True)) == []


def expecting(decision, by, *, target=None, source="agents", notes=()):
    return Expectation(source, target or {"protocol": "ICMP"}, Decision(decision), by, notes)


@pytest.mark.parametrize(
    "expectation",
    [
        expecting("DENY", "last"),
        expecting("DENY", "default-action", source="others"),
        expecting("DENY", "default-action", source="192.0.2.1"),
        expecting("NOT_INSPECTED", None, target={"protocol": "ICMP", "crosses_gateway": False}),
        expecting("PERMIT", "r", target={"protocol": "TCP", "sni": "api.example.com"}, notes=("sni_unverified",)),
        expecting("DENY", "default-action", source="vms"),
    ],
)
def test_an_expectation_can_hold(expectation):
    assert found(rule(web=("names",)), expectations=(expectation,)) == []


@pytest.mark.parametrize(
    ("expectation", "message"),
    [
        (expecting("PERMIT", "last"), "expected PERMIT by last, it is DENY by last"),
        (expecting("DENY", "default-action"), "expected DENY by default-action, it is DENY by last"),
        (expecting("DENY", "last", notes=("not_tls",)), "expected DENY by last (not_tls), it is DENY by last"),
        (expecting("DENY", "last", source="nobody"), "flow.src_ip: expected an IP address"),
    ],
)
def test_an_expectation_can_fail_and_shows_the_flow(expectation, message):
    [error] = check(pack(expectations=(expectation,)), NOWHERE).errors

    assert (error.code, error.message, error.path) == (Code.EXPECTATION_FAILED, message, ("expect", 0))
    assert error.witness["protocol"] == "ICMP"


def test_a_failed_expectation_names_who_decided_instead():
    [error] = check(pack(expectations=(expecting("DENY", "default-action"),)), NOWHERE).errors

    assert (error.rule, error.by) == ("default-action", ("last",))


def test_an_expectation_whose_rule_is_left_out_is_unproven_not_failed():
    checked = check(pack(rule(web=("void",)), expectations=(expecting("PERMIT", "r"),)), NOWHERE)

    assert checked.errors == ()
    assert [(each.position, each.why) for each in checked.unproven] == [
        (0, "r is left out: its web group is empty: void")
    ]


def test_every_code_is_found_here_but_those_of_form_and_those_not_checked_yet():
    """A code that no test can produce is a promise that nobody keeps."""
    marks = test_a_rule_can_be_wrong.pytestmark[0].args[1]
    tested = {code for _, code in marks} | {"no-default-deny", "expectation-failed"}

    assert {code.value for code in Code} - tested == {"schema", "unknown-name", *NOT_CHECKED}


def test_groups_of_others_are_not_the_packs_fault():
    assert found(smart_groups=GROUPS | {"unused": SmartGroup("unused", ((("type", "k8s"),),))}) == []
