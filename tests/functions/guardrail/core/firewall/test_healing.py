"""Whether undoing a drift would let more through: asked of the evaluator, not of the lines that differ."""

import pytest

from guardrail.core.firewall.healing import lets_more_through
from guardrail_lab.controller.reserved import ANYWHERE
from tests.firewall_builders import rule
from tests.firewall_states import pack_of
from tests.keeping_lab import PREFIX, KeptController

PACK = pack_of(
    rule("10-list", "PERMIT", priority=10, src=("s0",), web=("w0",), ports=((443, 443),)),
    rule("20-no-ssh", "DENY", priority=20, src=("s0",), ports=((22, 22),)),
    w0=("a.example.com",),
)


@pytest.fixture
def kept():
    controller = KeptController(PACK)
    controller.deploy()
    return controller


def asked(kept):
    return lets_more_through(kept.keeping.bound, kept.lab.live())


def group(kept, name, *values, key="snifilter"):
    """Somebody gives one of our groups other members."""
    [found] = [each for each in kept.lab.simulator.sim.world.groups.values() if each["name"] == f"{PREFIX}-{name}"]
    found["selector"] = {"any": [{"all": {key: value}} for value in values]}
    kept.lab.simulator.sim.changed()


@pytest.mark.parametrize(
    ("edit", "more"),
    [
        pytest.param(lambda kept: None, False, id="nothing differs"),
        pytest.param(lambda kept: kept.edit("20-no-ssh", action="PERMIT"), False, id="a deny became a permit"),
        pytest.param(lambda kept: kept.edit("99-last", action="PERMIT"), False, id="the last deny became a permit"),
        pytest.param(lambda kept: kept.remove("99-last"), False, id="the last deny is gone, and the default permits"),
        pytest.param(lambda kept: kept.remove("20-no-ssh"), False, id="a deny before the last one is gone"),
        pytest.param(lambda kept: kept.edit("10-list", action="DENY"), True, id="a permit became a deny"),
        pytest.param(lambda kept: kept.remove("10-list"), True, id="a permit is gone"),
        pytest.param(lambda kept: kept.edit("10-list", logging=False), False, id="a permit does not log"),
        pytest.param(lambda kept: group(kept, "w0", "a.example.com", "evil.example"), False, id="a name more"),
        pytest.param(lambda kept: group(kept, "w0", "b.example.com"), True, id="another name"),
        pytest.param(lambda kept: group(kept, "s0", "10.60.0.0/16", key="cidr"), True, id="agents are somewhere else"),
        pytest.param(
            lambda kept: group(kept, "s0", "10.50.10.0/24", "10.60.0.0/16", key="cidr"), True, id="agents elsewhere too"
        ),
        pytest.param(lambda kept: kept.edit("20-no-ssh", dst_ads=["no-such-group"]), True, id="a group nobody knows"),
        pytest.param(lambda kept: kept.edit("20-no-ssh", enforcement="MONITOR", watch=True), False, id="only watched"),
    ],
)
def test_what_healing_would_let_through(kept, edit, more):
    edit(kept)

    assert asked(kept) is more


def test_a_deny_of_somebodys_under_our_prefix_is_loosened_by_deleting_it(kept):
    kept.lab.simulator.sim.world.rulesets  # noqa: B018
    source = kept.rules()[f"{PREFIX}-10-list"]["src_ads"]
    more = {**kept.rules()[f"{PREFIX}-20-no-ssh"], "name": f"{PREFIX}-05-handmade", "priority": 5, "port_ranges": []}
    ruleset = next(each for each in kept.lab.simulator.sim.world.rulesets.values() if each["name"] == f"{PREFIX}-pack")
    ruleset["policies"].append(
        {**more, "uuid": kept.lab.simulator.sim.new_uuid(), "src_ads": source, "dst_ads": [ANYWHERE]}
    )
    kept.lab.simulator.sim.changed()

    assert asked(kept)


def theirs(kept, action, source=None, **members):
    """Somebody has a rule of theirs in the V1 list, which is asked behind our ruleset; by default all is denied."""
    group = {"name": "theirs", "selector": {"any": [{"all": {"cidr": source or "0.0.0.0/0"}}]}}
    uuid = kept.lab.write("POST", "app-domains", group)["uuid"]
    rule = {"name": "theirs", "action": action, "priority": 5, "src_ads": [uuid], "dst_ads": [ANYWHERE]}
    kept.lab.write("PUT", "microseg/policy-list", {"policies": [{"protocol": "TCP", **rule, **members}]})
    kept.lab.write("PUT", "microseg/default-action-policy", {"action": "DENY", "logging": True, "log_profile": ""})


HTTPS = {"port_ranges": [{"lo": 443, "hi": 443}]}


@pytest.mark.parametrize(
    ("action", "members", "more"),
    [
        pytest.param("PERMIT", {}, True, id="a permit may take what falls to it"),
        pytest.param("INTRUSION_DETECTION_PERMIT", {}, True, id="so may one that watches for intruders"),
        pytest.param("PERMIT", {"watch": True}, True, id="what Watch does is not known well enough"),
        pytest.param("DENY", {}, False, id="a denial permits nothing"),
        pytest.param("PERMIT", {"source": "10.9.0.0/16", **HTTPS}, False, id="a permit that meets no denial of ours"),
    ],
)
def test_what_falls_to_a_rule_of_others_counts_as_that_rule_may_decide(kept, action, members, more):
    """Somebody denies ssh to everybody with our rule: to undo it leaves the others to what stands behind it."""
    theirs(kept, action, **members)
    kept.edit("20-no-ssh", src_ads=[ANYWHERE])

    assert asked(kept) is more
