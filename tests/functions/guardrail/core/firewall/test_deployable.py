"""What of a pack goes to which controller, in which mode."""

import pytest

from guardrail.core.firewall.answer import Decision
from guardrail.core.firewall.check import unproven
from guardrail.core.firewall.deployable import deployable
from guardrail.core.firewall.objects import (
    ANYWHERE,
    DEFAULT_TLS_PROFILE,
    Decrypt,
    Enforcement,
    Protocol,
    SmartGroup,
    WebGroup,
)
from guardrail.core.firewall.pack import Expectation, Mode
from guardrail.core.firewall.site import NOWHERE
from guardrail.core.firewall.versions import CURRENT, ControllerVersion
from tests.firewall_builders import GROUPS, WEB, pack, rule

V8_0, V8_1, V8_2 = (ControllerVersion(8, minor) for minor in (0, 1, 2))
OPENED = {"dst": ("inspected",), "decrypt": Decrypt.ALLOWED, "protocol": Protocol.TCP}
WORM = rule("worm", "DENY", priority=5, web=("worms",), tls_profile=DEFAULT_TLS_PROFILE, **OPENED)
GIT = rule("git", web=("git",), **OPENED)


def fitted(*rules, version=CURRENT, mode=Mode.ENFORCE, **changes):
    return deployable(pack(*rules, **changes), version, mode)


def omitted(fitting):
    return {omission.rule: omission.why for omission in fitting.omitted}


def kept(fitting):
    return {each.name: each for each in fitting.pack.rules}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"web": ("void",)}, "its web group is empty: void"),
        ({"src": ("empty",)}, "its source is empty: empty"),
        ({"src": ()}, "its source is empty: it names no group"),
        ({"dst": ("empty",)}, "its destination is empty: empty"),
        ({"dst": ()}, "its destination is empty: it names no group"),
    ],
)
@pytest.mark.parametrize("action", ["PERMIT", "DENY"])
def test_empty_never_means_all(action, changes, why):
    assert omitted(fitted(rule("r", action, **changes))) == {"r": why}


def test_of_several_groups_only_the_empty_ones_go():
    rules = kept(fitted(rule("r", src=("empty", "agents"), dst=("others", "empty"), web=("void", "names"))))

    assert (rules["r"].src, rules["r"].dst, rules["r"].web) == (("agents",), ("others",), ("names",))


def test_a_group_that_the_pack_names_like_the_controllers_own_is_the_packs():
    groups = GROUPS | {ANYWHERE: SmartGroup(ANYWHERE)}

    assert omitted(fitted(rule("r"), smart_groups=groups))["r"] == "its destination is empty: Anywhere"


@pytest.mark.parametrize(
    ("mode", "denies", "opened"),
    [
        (Mode.DISCOVER, Enforcement.MONITOR, Decrypt.NOT_ALLOWED),
        (Mode.WATCH, Enforcement.MONITOR, Decrypt.ALLOWED),
        (Mode.ENFORCE, Enforcement.ENFORCE, Decrypt.ALLOWED),
    ],
)
def test_a_mode_decides_what_acts_and_permits_act_in_every_mode(mode, denies, opened):
    fitting = fitted(WORM, GIT, mode=mode)

    assert kept(fitting)["last"].enforcement is denies
    assert (kept(fitting)["git"].enforcement, kept(fitting)["git"].decrypt) == (Enforcement.ENFORCE, opened)
    assert ("worm" in omitted(fitting)) is (mode is Mode.DISCOVER)


def test_what_a_version_cannot_do_is_left_out_with_the_reason():
    assert omitted(fitted(WORM, GIT, version=V8_2)) == {
        "worm": "it needs a URL path: controller 8.2 cannot see URL paths, 9.0 can"
    }
    assert kept(fitted(WORM, GIT, version=V8_2))["git"].decrypt is Decrypt.NOT_ALLOWED


def test_before_8_1_there_are_no_fqdn_groups():
    both = GROUPS | {"both": SmartGroup("both", (*GROUPS["inspected"].selectors, (("cidr", "192.0.2.0/24"),)))}
    fitting = fitted(GIT, rule("r", dst=("both",)), version=V8_0, smart_groups=both)

    assert omitted(fitting) == {"git": "its destination is empty: inspected"}
    assert fitting.pack.smart_groups["both"].selectors == ((("cidr", "192.0.2.0/24"),),)
    assert "smart group both: controller 8.0 knows no fqdn, 8.1 does" in fitting.adjusted
    assert fitted(GIT, version=V8_1).pack.smart_groups == GROUPS


def test_before_8_1_a_star_is_the_first_label_or_everything():
    groups = WEB | {"mixed": WebGroup("mixed", sni=("*", "*.a.example", "a*.example", "a.*.example", "*a.example"))}
    fitting = fitted(rule("r", "DENY", web=("mixed",)), version=V8_0, web_groups=groups)

    assert fitting.pack.web_groups["mixed"].sni == ("*", "*.a.example")
    assert "web group mixed: 3 names with * inside, which 8.1 is needed for" in fitting.adjusted
    assert fitted(version=V8_1, web_groups=groups).pack.web_groups == groups


def test_before_8_0_rules_have_no_tls_profile():
    closed = rule("r", tls_profile=DEFAULT_TLS_PROFILE)

    assert kept(fitted(closed, version=ControllerVersion(7, 2)))["r"].tls_profile is None
    assert kept(fitted(closed, version=V8_0))["r"].tls_profile == DEFAULT_TLS_PROFILE


def test_an_expectation_that_needs_what_is_left_out_becomes_unproven():
    worm = {"protocol": "TCP", "port": 443, "sni": "git.example.com", "path": "/Hulud"}
    expectations = (
        Expectation("agents", worm, Decision.DENY, "worm"),
        Expectation("agents", {"protocol": "ICMP"}, Decision.DENY, "last"),
    )

    def told(version, mode):
        fitting = fitted(WORM, GIT, version=version, mode=mode, expectations=expectations)
        return [(each.position, each.why) for each in unproven(fitting, NOWHERE)]

    assert told(CURRENT, Mode.ENFORCE) == []
    assert told(V8_2, Mode.ENFORCE) == [
        (0, "worm is left out: it needs a URL path: controller 8.2 cannot see URL paths, 9.0 can")
    ]
    assert told(CURRENT, Mode.DISCOVER) == [
        (0, "worm is left out: it needs a URL path: nothing is decrypted in mode discover"),
        (1, "last is on Watch"),
    ]
