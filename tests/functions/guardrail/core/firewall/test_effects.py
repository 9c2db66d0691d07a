"""A change of rules in words: how a few flows were decided, and how they are now."""

from dataclasses import replace

import pytest

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.effects import effects
from guardrail.core.firewall.objects import (
    ANYWHERE,
    Action,
    DefaultAction,
    Enforcement,
    PortRange,
    Protocol,
    Rule,
    SmartGroup,
)
from guardrail.core.firewall.policy import Policy, Ruleset, Tier

RUNTIMES = SmartGroup("agentcore-runtimes", ((("cidr", "10.50.10.0/24"),),))
DENY = Rule(
    "agentcore-100-default-deny", "", 100, Action.DENY, ("agentcore-runtimes",), (ANYWHERE,), Protocol.ANY, logging=True
)
PERMIT = replace(DENY, name="agentcore-99-back-out-permit", priority=99, action=Action.PERMIT)
WATCHED = replace(DENY, enforcement=Enforcement.MONITOR)
TARGETS = ("https://catbox.moe/", "udp://8.8.8.8:53")


def policy(*rules, default=Action.PERMIT):
    ruleset = Ruleset("V1", Tier.V1_LIST, rules)
    return Policy((ruleset,), {RUNTIMES.name: RUNTIMES}, {}, DefaultAction(default, logging=False))


def test_a_flow_that_was_denied_is_permitted_by_the_back_out():
    assert effects(policy(DENY), policy(PERMIT, WATCHED), "agentcore", TARGETS) == [
        "catbox.moe: was DENY by 100-default-deny, now PERMIT by 99-back-out-permit",
        "udp://8.8.8.8:53: was DENY by 100-default-deny, now PERMIT by 99-back-out-permit",
    ]


def test_on_watch_it_is_logged_what_would_have_been_denied():
    lines = effects(policy(DENY), policy(WATCHED), "agentcore", TARGETS[:1])

    assert lines == ["catbox.moe: was DENY by 100-default-deny, now PERMIT by default-action, logged as would-deny"]


def test_under_a_default_of_deny_watch_permits_nothing_and_that_is_said():
    lines = effects(policy(DENY), policy(WATCHED, default=Action.DENY), "agentcore", TARGETS[:1])

    assert lines == ["catbox.moe: was DENY by 100-default-deny, now DENY by default-action"]


def test_a_watch_that_does_not_log_is_not_said_to_be_logged():
    silent = replace(WATCHED, logging=False)

    assert effects(policy(DENY), policy(silent), "agentcore", TARGETS[:1])[0].endswith("now PERMIT by default-action")


def test_only_the_ports_that_a_rule_is_about_count():
    web = replace(PERMIT, protocol=Protocol.TCP, ports=(PortRange(443, 443),))

    assert effects(policy(DENY), policy(web, DENY), "agentcore", TARGETS)[1].endswith("now DENY by 100-default-deny")


def test_without_a_deny_of_ours_there_are_no_sources_to_speak_of():
    assert effects(policy(), policy(), "agentcore") == []


def test_a_target_that_is_no_url_is_refused():
    with pytest.raises(InvalidInput):
        effects(policy(DENY), policy(DENY), "agentcore", ["catbox"])
