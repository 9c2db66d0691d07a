import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.firewall.decide import Decider
from guardrail.core.firewall.flow import parse_flow
from guardrail.core.firewall.objects import Action, DefaultAction, Enforcement, Protocol, SmartGroup
from guardrail.core.firewall.overlap import Overlaps
from guardrail.core.firewall.policy import Policy, Ruleset, Tier
from tests.firewall_builders import GROUPS, WEB, rule
from tests.firewall_worlds import World

OVERLAPS = Overlaps(GROUPS, WEB)


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ({}, {}, True),
        ({}, {"src": ("others",)}, False),
        ({}, {"src": ("feed",)}, True),
        ({}, {"dst": ("agents",)}, True),
        ({"dst": ("others",)}, {"dst": ("agents",)}, False),
        ({"protocol": Protocol.TCP}, {"protocol": Protocol.UDP}, False),
        ({"protocol": Protocol.ICMP}, {"protocol": Protocol.ANY}, True),
        ({"ports": ((1, 5),)}, {"ports": ((6, 9),)}, False),
        ({"ports": ((1, 5),)}, {"ports": ((5, 9),)}, True),
        ({"ports": ((1, 5),)}, {}, True),
        ({"web": ("names",)}, {"web": ("git",)}, False),
        ({"web": ("git",)}, {"web": ("worms",)}, True),
        ({"web": ("git",)}, {"web": ("stars",)}, True),
        ({"web": ("git",)}, {"web": ("All-Web",)}, True),
        ({"web": ("git",)}, {"web": ("gone",)}, True),
        ({"src": ("gone",)}, {}, True),
    ],
)
def test_two_rules_meet_unless_something_keeps_them_apart(one, other, meet):
    assert OVERLAPS.meet(rule(**one), rule(**other)) is meet
    assert OVERLAPS.meet(rule(**other), rule(**one)) is meet


@pytest.mark.parametrize(
    ("theirs", "found"),
    [
        ({"action": "DENY", "priority": 10}, True),
        ({"action": "DENY", "priority": 11}, False),
        ({"action": "PERMIT", "priority": 1}, False),
        ({"action": "DENY", "priority": 1, "src": ("others",)}, False),
        ({"action": "DENY", "priority": 1, "enforcement": Enforcement.DISABLE}, False),
        ({"action": "DENY", "priority": 1, "enforcement": Enforcement.MONITOR}, True),
    ],
)
def test_rules_of_others_matter_when_they_are_asked_first_and_do_something_else(theirs, found):
    ours, other = rule("ours", priority=10), rule("theirs", **theirs)

    assert OVERLAPS.contrary([ours], [other]) == ((ours, other) if found else None)


@given(st.integers(0, 10**6))
def test_rules_that_decide_one_flow_meet(seed):
    world = World(seed)
    rules = world.policy.rules()
    overlaps = Overlaps(world.smart_groups, world.web_groups)
    said = world.flow()
    flow = parse_flow({key: value for key, value in said.items() if not key.endswith("_groups")})
    matching = []
    for each in rules:
        default = DefaultAction(Action.DENY if each.action is Action.PERMIT else Action.PERMIT, logging=True)
        alone = Policy((Ruleset("s", Tier.BEFORE, (each,)),), world.smart_groups, world.web_groups, default)
        answer = Decider(alone, world.site).decide(flow)
        if answer.by == each.name and each.app.value == "UNSPECIFIED":
            matching.append(each)
    assert all(overlaps.meet(one, other) for one in matching for other in matching)


def test_addresses_of_no_known_form_may_be_any():
    odd = SmartGroup("odd", ((("cidr", "10.0.0.1/8"),),))

    assert Overlaps(GROUPS | {"odd": odd}, WEB).meet(rule(), rule(src=("odd",)))
