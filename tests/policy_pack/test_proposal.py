"""One more destination, in the lines that a pack needs for it."""

import re

import pytest
import yaml

from guardrail.core.errors import GuardrailError, InvalidInput
from policy_pack.insertion import inserted
from policy_pack.load import load
from policy_pack.proposal import decided_now, propose
from tests.policy_pack.arrange import SHIPPED, changed, loaded

AGENTCORE = load(SHIPPED)


def proposed(host, of=AGENTCORE, why="It is needed"):
    return propose(of.pack, host, why, decided_now(of.pack, of.bindings.site, host))


def test_a_host_needs_five_lines():
    proposal = proposed("Rates.example.com.")
    lines = [proposal.group, *proposal.rule, proposal.expectation]
    document = yaml.safe_load(proposal.overlay())

    assert len(lines) == 5
    assert document["web_groups"] == {"rates-example-com": {"sni": ["rates.example.com"]}}
    assert document["rules"] == [
        {
            "name": "35-allow-rates-example-com",
            "why": "It is needed",
            "priority": 35,
            "action": "PERMIT",
            "src": "runtimes",
            "dst": "Public Internet",
            "decrypt": "NOT_ALLOWED",
            "web": "rates-example-com",
            "protocol": "TCP",
            "ports": [443],
            "logging": True,
        }
    ]
    assert document["expect"][0]["by"] == "35-allow-rates-example-com"


def test_with_the_proposal_the_host_is_permitted_and_the_pack_is_good():
    changed_pack = load(SHIPPED, change=proposed("rates.example.com").overlay())

    assert changed_pack.problems == ()
    assert decided_now(changed_pack.pack, changed_pack.bindings.site, "rates.example.com").by.startswith("35-")


def test_an_inspected_host_is_decrypted():
    [rule] = yaml.safe_load(proposed("gist.githubusercontent.com").overlay())["rules"]

    assert (rule["dst"], rule["decrypt"], rule["tls_profile"]) == ("inspected", "ALLOWED", "default")


@pytest.mark.parametrize("why", ['with "quotes" and: colons', "- # not a comment", "Umlaute: äöü"])
def test_the_reason_is_kept_as_it_is(why):
    assert yaml.safe_load(proposed("rates.example.com", why=why).overlay())["rules"][0]["why"] == why


@pytest.mark.parametrize("host", ["https://a.example", "a.example/x", "192.0.2.1", "a.**.example", "a b", ""])
def test_what_is_no_host_is_refused(host):
    with pytest.raises(InvalidInput, match="HOST: expected a host name such as api"):
        proposed(host)


def test_what_an_earlier_rule_denies_cannot_be_permitted_by_a_later_one():
    with pytest.raises(GuardrailError, match="28-deny-known-exfil denies it, and is asked before"):
        proposed("webhook.site")


def test_without_a_free_priority_there_is_no_proposal(tmp_path):
    full = loaded(tmp_path, changed("priority: 99", "priority: 31").replace("priority: 20", "priority: 9"))

    with pytest.raises(GuardrailError, match="no priority is free between the last permit and the last rule"):
        proposed("a.example", full)


def lines_of(loaded_pack):
    return {loaded_pack.place(("rules", at)).line: rule.priority for at, rule in enumerate(loaded_pack.pack.rules)}


def test_the_lines_are_put_where_people_would_put_them_and_the_rest_stays():
    before, proposal = (SHIPPED / "pack.yaml").read_text(), proposed("rates.example.com")
    after = inserted(before, proposal, lines_of(AGENTCORE))
    added = [line for line in after.splitlines() if line not in before.splitlines()]
    named = re.findall(r"^  - {?name: ([^,\n]+)", after, re.MULTILINE)

    assert added == [proposal.group, *proposal.rule, proposal.expectation]
    assert named.index("35-allow-rates-example-com") == named.index("34-allow-tools-direct") + 1
    assert load(SHIPPED, content=after).problems == ()


@pytest.mark.parametrize("text", ["web_groups: {}\nrules: []\nexpect: []\n", "rules:\n- a\n", ""])
def test_another_layout_is_left_alone(text):
    assert inserted(text, proposed("rates.example.com"), {1: 99}) is None
