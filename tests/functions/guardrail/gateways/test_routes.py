"""Default routes are read from EC2 as they are, and the gateway is known by its interfaces."""

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.firewall.insertion import Spoke
from guardrail.gateways.routes import RoutesGateway
from guardrail_lab.controller.network import build_network


@pytest.fixture
def network(aws):
    return build_network(aws("ec2"))


@pytest.fixture
def route(aws, network):
    def route(**target):
        where = {"RouteTableId": network.runtime_table, "DestinationCidrBlock": "0.0.0.0/0"}
        return aws("ec2").create_route(**where, **target)

    return route


def look(aws, network, *, addresses=None, subnets=None):
    spoke = Spoke("gw", network.vpc, addresses=(network.spoke_address,) if addresses is None else addresses)
    return RoutesGateway(aws, subnets or [network.runtime_subnet]).look(spoke)


def test_a_route_to_a_nat_gateway_is_not_at_the_spoke(aws, network, route):
    route(NatGatewayId=network.nat)

    (found,) = look(aws, network).routes

    assert (found.subnet, found.route_table) == (network.runtime_subnet, network.runtime_table)
    assert (found.target, found.state, found.at_spoke) == (network.nat, "active", False)


def test_a_route_to_any_of_the_spokes_interfaces_is_at_the_spoke(aws, network, route):
    (instance,) = aws("ec2").describe_instances(InstanceIds=[network.instance])["Reservations"][0]["Instances"]
    other = next(e for e in instance["NetworkInterfaces"] if e["PrivateIpAddress"] != network.spoke_address)
    route(NetworkInterfaceId=other["NetworkInterfaceId"])

    assert look(aws, network).routes[0].at_spoke is True


def test_a_route_to_the_spokes_instance_is_at_the_spoke(aws, network, route):
    route(InstanceId=network.instance)

    assert look(aws, network).routes[0].at_spoke is True


def test_a_route_to_an_interface_while_the_spokes_are_unknown_may_be_at_the_spoke(aws, network, route):
    route(InstanceId=network.instance)

    assert look(aws, network, addresses=()).routes[0].at_spoke is None


def test_a_subnet_without_a_default_route_says_so(aws, network):
    (found,) = look(aws, network).routes

    assert (found.target, found.state, found.at_spoke) == ("", "", False)


def test_a_subnet_that_is_associated_with_no_table_has_the_main_one(aws, network):
    (subnet,) = aws("ec2").describe_subnets(Filters=[{"Name": "cidr-block", "Values": ["10.50.0.0/24"]}])["Subnets"]
    tables = aws("ec2").describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [network.vpc]}])["RouteTables"]
    main = next(each for each in tables if any(a["Main"] for a in each["Associations"]))

    (found,) = look(aws, network, subnets=[subnet["SubnetId"]]).routes

    assert found.route_table == main["RouteTableId"]


def test_nat_gateways_and_transits_are_where_a_route_can_return_to(aws, network, route):
    transit = aws("ec2").create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    where = {"RouteTableId": network.runtime_table, "DestinationCidrBlock": "10.0.0.0/8"}
    aws("ec2").create_route(**where, TransitGatewayId=transit)

    assert look(aws, network).originals == (network.nat, transit)


def test_the_vpc_of_another_account_shows_nothing(aws, network):
    way = RoutesGateway(aws, ["subnet-1"]).look(Spoke("gw", "vpc-0f0f0f0f0f0f0f0f0"))

    assert (way.routes, way.originals) == ((), ())


def test_a_refusal_is_an_error():
    class Refusing:
        def describe_route_tables(self, **_):
            raise KeyError("RouteTables")

    with pytest.raises(GatewayError, match="ec2:DescribeRouteTables failed"):
        RoutesGateway(lambda _: Refusing(), ["subnet-1"]).look(Spoke("gw", "vpc-1"))
