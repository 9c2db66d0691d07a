import pytest

from guardrail_lab.controller.flow import Flow
from guardrail_lab.controller.seed import RUNTIME_SUBNET, SPOKE

ANYWHERE, INTERNET = (f"def000ad-0000-0000-0000-00000000000{number}" for number in (0, 1))
BEFORE, AFTER = "defa11a1-3000-4001-0000-000000000000", "defa11a1-3000-4002-0000-000000000000"
DEFAULT = "defa11a1-0000-0000-0000-000000000000"
DENY = {"name": "deny", "action": "DENY", "src_ads": [ANYWHERE], "dst_ads": [ANYWHERE], "logging": True}
PERMIT = {**DENY, "name": "permit", "action": "PERMIT"}
FLOW = {"src_ip": "10.50.10.47", "dst_ip": "8.8.8.8"}


def put(desk, *rules):
    assert desk.rest("PUT", "microseg/policy-list", {"policies": list(rules)})[0] == 204


def seen(desk, **flow):
    return desk.simulator.dataplane.pass_through(Flow.parse({**FLOW, **flow}))


def decision(desk, **flow):
    desk.now += 0.1
    return seen(desk, **flow).decision


def test_a_change_reaches_the_gateway_a_moment_later(desk):
    put(desk, DENY)
    at_once, desk.now = seen(desk).decision, desk.now + 0.1

    assert (at_once, seen(desk).decision) == ("PERMIT", "DENY")


def test_without_a_rule_the_default_action_decides(desk):
    desk.rest("PUT", "microseg/default-action-policy", {"action": "DENY", "logging": True})
    desk.now += 0.1
    passage = seen(desk)

    assert (passage.decision, passage.rule) == ("DENY", DEFAULT)
    assert f"POLICY={DEFAULT}" in passage.lines[0]


def test_the_default_action_holds_for_ipv6_as_well(desk):
    desk.simulator.sim.world.vpcs["vpc-0a9e47c0de0000001"]["subnets"][RUNTIME_SUBNET]["cidr"] = "2001:db8::/64"

    assert decision(desk, src_ip="2001:db8::1", dst_ip="2001:db8:1::1") == "PERMIT"


def test_the_tree_is_evaluated_from_top_to_bottom(desk):
    for point, rules in ((AFTER, [DENY]), (BEFORE, [])):
        desk.rest("POST", "microseg/policy-list3", {"name": point, "attach_to": point, "policies": rules})
    only_after = decision(desk)
    put(desk, PERMIT)
    v1_first = decision(desk)
    before = desk.rest("GET", "microseg/policy-list3")[1]["dcf_policies"][-1]["uuid"]
    desk.rest("PUT", f"microseg/policy-list3/{before}", {"name": "b", "attach_to": BEFORE, "policies": [DENY]})

    assert (only_after, v1_first, decision(desk)) == ("DENY", "PERMIT", "DENY")


def test_a_ruleset_that_is_attached_nowhere_is_not_enforced(desk):
    desk.rest("POST", "microseg/policy-list3", {"name": "orphan", "policies": [DENY]})

    assert decision(desk) == "PERMIT"


def test_a_group_of_rulesets_is_enforced_where_it_is_attached(desk):
    part = desk.rest("POST", "microseg/policy-list3", {"name": "part", "policies": [DENY]})[1]["uuid"]
    group = {"name": "group", "attach_to": BEFORE, "sub_policies": [{"name": "p", "list": part}]}
    desk.rest("POST", "microseg/policy-list3", group)

    assert decision(desk) == "DENY"


@pytest.mark.parametrize(
    ("enforcement", "decided"), [("ENFORCE", "DENY"), ("MONITOR", "PERMIT"), ("DISABLE", "PERMIT")]
)
def test_a_rule_that_is_only_watched_does_not_decide(desk_of, enforcement, decided):
    desk = desk_of("10.1")
    put(desk, {**DENY, "enforcement": enforcement}, PERMIT)
    desk.now += 0.1
    passage = seen(desk)

    assert passage.decision == decided
    assert any("ACT=DENY ENFORCED=false" in line for line in passage.lines) is (enforcement == "MONITOR")


@pytest.mark.parametrize(
    ("rule", "flow", "hit"),
    [
        ({"protocol": "UDP"}, {"protocol": "UDP"}, True),
        ({"protocol": "UDP"}, {"protocol": "TCP"}, False),
        ({"port_ranges": [{"lo": 50, "hi": 60}]}, {"dst_port": 53}, True),
        ({"port_ranges": [{"lo": 53}]}, {"dst_port": 54}, False),
        ({"dst_ads": [INTERNET]}, {}, True),
        ({"dst_ads": [INTERNET]}, {"dst_ip": "10.1.2.3"}, False),
        ({"src_ads": []}, {}, False),
    ],
)
def test_what_a_rule_is_about(desk, rule, flow, hit):
    put(desk, {**DENY, "protocol": "PROTOCOL_UNSPECIFIED", **rule})

    assert decision(desk, **flow) == ("DENY" if hit else "PERMIT")


@pytest.mark.parametrize(
    ("expression", "member", "hit"),
    [
        ({"type": "subnet", "res_id": RUNTIME_SUBNET}, "src_ads", True),
        ({"type": "subnet", "res_id": "subnet-other"}, "src_ads", False),
        ({"type": "vpc", "name": "agentcore"}, "src_ads", True),
        ({"fqdn": "dns.google"}, "dst_ads", True),
        ({"external": "geo", "country_iso_code": "US"}, "dst_ads", False),
    ],
)
def test_what_a_group_holds(desk, expression, member, hit):
    put(desk, {**DENY, member: [desk.group("g", expression)]})

    assert decision(desk, names=["dns.google"]) == ("DENY" if hit else "PERMIT")


def test_a_spoke_that_is_out_of_the_path_inspects_nothing(desk):
    put(desk, DENY)
    desk.form(f"CID=CID123&action=disable_snat&gateway_name={SPOKE}")

    assert decision(desk) == "NOT_INSPECTED"


def test_dcf_that_is_off_inspects_nothing(desk):
    desk.json({"action": "disable_controller_feature", "feature": "microseg"})

    assert decision(desk) == "NOT_INSPECTED"


def test_dcf_is_not_turned_off_while_there_are_rules(desk):
    put(desk, DENY)

    assert "AVXERR-DFW-0008" in desk.json({"action": "disable_controller_feature", "feature": "microseg"})["reason"]
