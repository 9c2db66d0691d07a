from dataclasses import replace

import pytest

from guardrail.core.firewall.live import LiveDefault, LiveState
from guardrail.core.firewall.objects import SYSTEM_GROUPS
from guardrail.core.firewall.policy import Tier
from guardrail.core.firewall.versions import ControllerVersion

RULE = {"uuid": "r1", "name": "r", "action": "PERMIT", "priority": 1, "src_ads": ["g1"], "dst_ads": ["g1"]}
GROUPS = tuple(
    {"uuid": f"g{n}", "name": f"n{n}", "selector": {"any": [{"all": {"cidr": f"10.{n}.0.0/16"}}]}} for n in (1, 2)
)
BEFORE, AFTER = "defa11a1-3000-4001-0000-000000000000", "defa11a1-3000-4002-0000-000000000000"


def ruleset(uuid, attach_to="", *rules, **more):
    return {"uuid": uuid, "name": uuid, "attach_to": attach_to, "policies": list(rules), **more}


LIVE = LiveState(
    ControllerVersion(9, 0),
    GROUPS,
    (RULE,),
    (ruleset("a", BEFORE), ruleset("b")),
    LiveDefault("PERMIT", False),
    True,
    BEFORE,
)


def test_the_digest_does_not_depend_on_the_order_of_what_has_none():
    other = replace(LIVE, groups=LIVE.groups[::-1], rulesets=LIVE.rulesets[::-1])

    assert other.digest() == LIVE.digest()


@pytest.mark.parametrize(
    "change",
    [
        {"version": ControllerVersion(9, 1)},
        {"groups": GROUPS[:1]},
        {"policies": ()},
        {"policies": ({**RULE, "logging": True},)},
        {"rulesets": None},
        {"rulesets": (ruleset("a", AFTER), ruleset("b"))},
        {"default_action": LiveDefault("DENY", False)},
        {"default_action": None},
        {"dcf_on": False},
        {"point": None},
    ],
)
def test_the_digest_depends_on_everything_that_was_read(change):
    assert replace(LIVE, **change).digest() != LIVE.digest()


def names(live):
    return [each.name for each in live.policy().rules()]


def named(name, priority=1, **more):
    return {**RULE, "uuid": name, "name": name, "priority": priority, **more}


def test_rules_are_asked_by_place_then_by_priority():
    after, before = ruleset("x", AFTER, named("last")), ruleset("y", BEFORE, named("second", 9), named("first", 3))
    listed = (named("fourth", 9), named("third", 2), named("default", system_resource=True))

    live = replace(LIVE, rulesets=(after, before, ruleset("orphan", "", named("never"))), policies=listed)

    assert names(live) == ["first", "second", "third", "fourth", "last"]
    assert [each.tier for each in live.policy().rulesets] == [Tier.V1_LIST, Tier.AFTER, Tier.BEFORE]


def test_what_a_policy_group_holds_is_asked_in_its_order():
    parts = [{"list": "one", "priority": 1}, {"attachment_point": {"name": "p", "uuid": "point"}, "priority": 2}]
    group = {"uuid": "g", "name": "g", "attach_to": BEFORE, "sub_policies": parts}
    held = (ruleset("one", "", named("first", 50)), ruleset("two", "point", named("second", 1)))

    assert names(replace(LIVE, rulesets=(*held, group), policies=())) == ["first", "second"]


def test_a_policy_group_that_holds_itself_comes_to_an_end():
    group = {"uuid": "g", "name": "g", "attach_to": BEFORE, "sub_policies": [{"block": "g", "priority": 1}]}

    assert names(replace(LIVE, rulesets=(group,), policies=())) == []


def test_a_permit_with_intrusion_detection_permits():
    live = replace(LIVE, policies=({**RULE, "action": "INTRUSION_DETECTION_PERMIT"},), rulesets=None)

    assert [each.action.value for each in live.policy().rules()] == ["PERMIT"]


def test_a_group_that_is_called_like_the_controllers_own_is_not_taken_for_it():
    impostor = {"uuid": "g3", "name": "Anywhere", "selector": {"any": [{"all": {"cidr": "10.3.0.0/16"}}]}}
    system = {"uuid": SYSTEM_GROUPS["Anywhere"], "name": "Anywhere (0.0.0.0/0)", "system_resource": True}
    own = {**RULE, "src_ads": ["g3"], "dst_ads": [system["uuid"]]}

    policy = replace(LIVE, groups=(*GROUPS, impostor, system), policies=(own,), rulesets=None).policy()

    (found,) = policy.rules()
    assert found.dst == ("Anywhere",)
    assert policy.smart_groups[found.src[0]].values("cidr") == ("10.3.0.0/16",)
    assert "Anywhere" not in policy.smart_groups
