"""The runtime subnets' default routes, from EC2: the only witness of where traffic really goes."""

from collections.abc import Callable, Iterable
from typing import Any

from guardrail.core.firewall.insertion import DEFAULT_ROUTE, Spoke
from guardrail.core.firewall.routes import DefaultRoute, Way
from guardrail.gateways.aws import Client, failures_of

_TARGETS = (
    "NatGatewayId",
    "TransitGatewayId",
    "InstanceId",
    "NetworkInterfaceId",
    "GatewayId",
    "VpcPeeringConnectionId",
    "LocalGatewayId",
    "CarrierGatewayId",
    "CoreNetworkArn",
    "EgressOnlyInternetGatewayId",
)
_INTERFACES = ("i-", "eni-")


class RoutesGateway:
    """Route tables in EC2, read only.

    Args:
        clients: Gives the botocore client of a service.
        subnets: Ids of the runtime subnets.
    """

    def __init__(self, clients: Callable[[str], Client], subnets: Iterable[str]) -> None:
        self._clients, self._subnets = clients, tuple(subnets)

    def look(self, spoke: Spoke) -> Way:
        """Return the way; nothing where the VPC is another account's, which does not show its route tables here."""
        tables = self._read("DescribeRouteTables", "RouteTables", {"vpc-id": [spoke.vpc_id]})
        if not tables:
            return Way()
        spokes = self._interfaces(spoke)
        routes = (_route(subnet, _table_of(subnet, tables), spokes) for subnet in self._subnets)
        return Way(tuple(routes), (*self._public_nats(spoke.vpc_id), *_transits(tables)))

    def _interfaces(self, spoke: Spoke) -> frozenset[str]:
        """Return the ids of the gateway's interfaces and of the instances they are on, found by their addresses."""
        if not spoke.addresses:
            return frozenset()
        all_of_vpc = self._read("DescribeNetworkInterfaces", "NetworkInterfaces", {"vpc-id": [spoke.vpc_id]})
        here = [each for each in all_of_vpc if each.get("VpcId") == spoke.vpc_id]
        instances = {_instance(each) for each in here if each.get("PrivateIpAddress") in spoke.addresses} - {""}
        ours = (e for e in here if _instance(e) in instances or e.get("PrivateIpAddress") in spoke.addresses)
        return frozenset(instances | {each["NetworkInterfaceId"] for each in ours})

    def _public_nats(self, vpc_id: str) -> list[str]:
        filters = {"vpc-id": [vpc_id], "state": ["available"]}
        nats = self._read("DescribeNatGateways", "NatGateways", filters, "Filter")
        return [each["NatGatewayId"] for each in nats if each.get("ConnectivityType") != "private"]

    def _read(
        self, operation: str, member: str, filters: dict[str, list[str]], argument: str = "Filters"
    ) -> list[dict[str, Any]]:
        """Return all pages of a Describe call."""
        call = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation)[1:]
        asked: dict[str, Any] = {argument: [{"Name": name, "Values": values} for name, values in filters.items()]}
        found: list[dict[str, Any]] = []
        while True:
            with failures_of(f"ec2:{operation}"):
                answer = getattr(self._clients("ec2"), call)(**asked)
                found += answer[member]
            if not answer.get("NextToken"):
                return found
            asked["NextToken"] = answer["NextToken"]


def _instance(interface: dict[str, Any]) -> str:
    return str((interface.get("Attachment") or {}).get("InstanceId", ""))


def _transits(tables: list[dict[str, Any]]) -> list[str]:
    routes = (route for table in tables for route in table.get("Routes", []))
    return sorted({route["TransitGatewayId"] for route in routes if route.get("TransitGatewayId")})


def _table_of(subnet: str, tables: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the route table of a subnet: the one associated with it, or else the VPC's main one."""
    associated = [(table, each) for table in tables for each in table.get("Associations", [])]
    own = next((table for table, each in associated if each.get("SubnetId") == subnet), None)
    return own or next((table for table, each in associated if each.get("Main")), {})


def _route(subnet: str, table: dict[str, Any], spokes: frozenset[str]) -> DefaultRoute:
    route = next((each for each in table.get("Routes", []) if each.get("DestinationCidrBlock") == DEFAULT_ROUTE), None)
    if route is None:
        return DefaultRoute(subnet, table.get("RouteTableId", ""), "", "", at_spoke=False)
    targets = [route[name] for name in _TARGETS if route.get(name)]
    ours = bool(spokes & set(targets))
    unknown = not ours and not spokes and any(target.startswith(_INTERFACES) for target in targets)
    target = targets[0] if targets else ""
    state = route.get("State", "")
    return DefaultRoute(subnet, table["RouteTableId"], target, state, at_spoke=None if unknown else ours)
