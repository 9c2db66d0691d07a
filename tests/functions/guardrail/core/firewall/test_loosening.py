import pytest

from guardrail.core.firewall.loosening import loosening
from guardrail.core.firewall.plan import Change

PERMIT = {
    "name": "r", "priority": 1, "action": "PERMIT", "src": ["s"], "dst": ["d"], "web": ["w"], "logging": True,
    "enforcement": "ENFORCE",
}  # fmt: skip
DENY = {**PERMIT, "action": "DENY", "web": ["bad"]}
WATCHED = {**DENY, "enforcement": "MONITOR"}


@pytest.mark.parametrize(
    ("change", "loosens"),
    [
        (Change("rule/r", None, PERMIT), True),
        (Change("rule/r", None, {**PERMIT, "enforcement": "DISABLE"}), False),
        (Change("rule/r", PERMIT, None), False),
        (Change("rule/r", None, DENY), False),
        (Change("rule/r", DENY, None), True),
        (Change("rule/r", WATCHED, None), False),
        (Change("rule/r", DENY, WATCHED), True),
        (Change("rule/r", WATCHED, DENY), False),
        (Change("rule/r", DENY, {**DENY, "action": "PERMIT"}), True),
        (Change("rule/r", PERMIT, {**PERMIT, "action": "DENY"}), False),
        (Change("rule/r", PERMIT, {**PERMIT, "logging": False}), False),
        (Change("rule/r", PERMIT, {**PERMIT, "priority": 2}), True),
        (Change("rule/r", DENY, {**DENY, "src": []}), True),
        (Change("rule/r", WATCHED, {**DENY, "src": []}), False),
        (Change("web_group/w", {"name": "w", "sni": ["a"]}, {"name": "w", "sni": ["a", "b"]}), True),
        (Change("web_group/w", {"name": "w", "sni": ["a", "b"]}, {"name": "w", "sni": ["a"]}), False),
        (Change("web_group/bad", {"name": "bad", "sni": ["a", "b"]}, {"name": "bad", "sni": ["a"]}), True),
        (Change("web_group/bad", {"name": "bad", "sni": ["a"]}, {"name": "bad", "sni": ["a", "b"]}), False),
        (Change("smart_group/s", {"name": "s", "any": [{"cidr": "a"}]}, {"name": "s", "any": [{"cidr": "b"}]}), True),
        (Change("smart_group/x", None, {"name": "x", "any": []}), False),
        (Change("smart_group/x", {"name": "x", "any": []}, None), False),
        (Change("ruleset/p", None, {"name": "p"}), False),
        (Change("ruleset/p", {"name": "p"}, None), True),
        (Change("default_action", {"action": "PERMIT"}, {"action": "DENY"}), False),
        (Change("default_action", {"action": "DENY"}, {"action": "PERMIT"}), True),
    ],
)
def test_a_change_that_may_permit_more_is_told_apart(change, loosens):
    assert loosening([change], [PERMIT, DENY]) == ((change.address,) if loosens else ())
