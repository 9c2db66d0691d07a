"""The vendor's rules about default routes: kept and restored, never over a transit's, never in a public table."""

import pytest

from guardrail_lab.controller.seed import AGENTCORE_VPC, CLIENT_SPOKE, NAT_GATEWAY, RUNTIME_TABLE, SPOKE, TRANSIT

GATEWAY = f"gateway:{SPOKE}"
CLIENT_TABLE = "rtb-0a9e47c0de0000020"
CAUSES = {
    "snat": ("enable_snat", "disable_snat"),
    "private default route": ("enable_private_vpc_default_route", "disable_private_vpc_default_route"),
    "custom routes": ("edit_gateway_custom_routes&cidr=0.0.0.0/0", "edit_gateway_custom_routes&cidr="),
}


def targets(desk):
    from guardrail_lab.controller.routes import route_tables

    return {table["route_table"]: table["default"] for table in route_tables(desk.simulator.sim)}


def act(desk, action, gateway=SPOKE):
    return desk.form(f"CID=CID123&action={action}&gateway_name={gateway}")


def set_own(desk, target, table=RUNTIME_TABLE, vpc=AGENTCORE_VPC):
    desk.simulator.sim.world.vpcs[vpc]["route_tables"][table]["own"] = target


def advertise(desk, *, default):
    desk.simulator.sim.world.gateways[TRANSIT]["advertises_default"] = default


def test_a_new_world_has_its_spoke_in_the_path(desk):
    assert targets(desk)[RUNTIME_TABLE] == GATEWAY


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("own", [NAT_GATEWAY, "tgw-1", None])
def test_what_the_customer_had_comes_back(desk, cause, own):
    act(desk, "disable_snat")
    set_own(desk, own)
    on, off = CAUSES[cause]

    assert targets(desk)[RUNTIME_TABLE] == own
    assert act(desk, on)["return"]
    assert targets(desk)[RUNTIME_TABLE] == GATEWAY
    assert act(desk, off)["return"]
    assert targets(desk)[RUNTIME_TABLE] == own


def test_two_causes_need_two_calls(desk):
    act(desk, "enable_private_vpc_default_route")
    act(desk, "disable_snat")
    one_left = targets(desk)[RUNTIME_TABLE]
    act(desk, "disable_private_vpc_default_route")

    assert (one_left, targets(desk)[RUNTIME_TABLE]) == (GATEWAY, NAT_GATEWAY)


def test_a_public_table_is_never_touched(desk):
    assert targets(desk)["rtb-0a9e47c0de0000001"].startswith("igw-")


def test_a_default_route_from_a_transit_goes_only_where_there_is_none(desk):
    before = targets(desk)[CLIENT_TABLE]
    advertise(desk, default=True)
    learned = targets(desk)[CLIENT_TABLE]
    set_own(desk, "nat-1", CLIENT_TABLE, "vpc-0a9e47c0de0000002")

    assert (before, learned, targets(desk)[CLIENT_TABLE]) == (None, f"gateway:{CLIENT_SPOKE}", "nat-1")


def test_snat_is_refused_while_the_default_route_comes_from_a_transit(desk):
    advertise(desk, default=True)
    refused = act(desk, "enable_snat", CLIENT_SPOKE)
    advertise(desk, default=False)

    assert refused["return"] is False
    assert "because of the transit" in refused["reason"]
    assert act(desk, "enable_snat", CLIENT_SPOKE)["return"] is True


def test_a_table_that_is_left_without_a_default_route_gets_the_transits(desk):
    desk.form(f"CID=CID123&action=attach_spoke_to_transit_gw&spoke_gw={SPOKE}&transit_gw={TRANSIT}")
    advertise(desk, default=True)
    set_own(desk, None)
    act(desk, "disable_snat")

    assert targets(desk)[RUNTIME_TABLE] == GATEWAY


def test_only_managed_tables_are_programmed(desk_of):
    desk = desk_of("10.1")
    act(desk, "edit_managed_route_tables&route_tables=rtb-other")

    assert targets(desk)[RUNTIME_TABLE] == NAT_GATEWAY


@pytest.mark.parametrize(("on", "enable_nat", "target"), [(True, "yes", "primary"), (False, "no", "")])
def test_snat_is_shown_in_the_summary(desk, on, enable_nat, target):
    act(desk, "enable_snat" if on else "disable_snat")
    gateway = desk.query(f"action=list_vpcs_summary&gateway_name={SPOKE}")["results"][0]

    assert (gateway["enable_nat"], gateway["snat_target"]) == (enable_nat, target)
    assert gateway["vpc_id"] == f"{AGENTCORE_VPC}~~agentcore"


def test_the_summary_is_a_list_that_can_be_empty(desk):
    assert desk.query("action=list_vpcs_summary&gateway_name=nobody")["results"] == []
    assert len(desk.query("action=list_vpcs_summary&spoke_only=true")["results"]) == 2
    assert [item["vpc_name"] for item in desk.query("action=list_vpcs_summary&transit_only=true")["results"]] == [
        TRANSIT
    ]


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (f"attach_spoke_to_transit_gw&spoke_gw={CLIENT_SPOKE}&transit_gw={TRANSIT}", "AVXERR-TRANSIT-0034"),
        (f"attach_spoke_to_transit_gw&spoke_gw={SPOKE}&transit_gw={CLIENT_SPOKE}", "is no transit gateway"),
        (f"detach_spoke_from_transit_gw&spoke_gw={SPOKE}", "has not joined to any transit"),
        ("disable_snat&gateway_name=nobody", "Gateway nobody does not exist"),
        ("get_gateway_info&gateway_name=nobody", "Gateway nobody does not exist"),
        ("list_vpc_route_tables&vpc_id=vpc-1", "VPC does not exist"),
        ("create_multicloud_primary_gateway&gw_name=agentcore-vca-transit", "already exists"),
    ],
)
def test_what_cannot_be_done_is_told(desk, action, code):
    assert code in desk.form(f"CID=CID123&action={action}")["reason"]
