"""The AgentCore VPC in EC2, on the local cloud: its route tables move with the simulated controller's own."""

from dataclasses import dataclass
from typing import Any

from guardrail_lab.controller.routes import DEFAULT, target
from guardrail_lab.controller.seed import AGENTCORE_VPC, SPOKE
from guardrail_lab.controller.simulation import Simulation
from guardrail_lab.controller.world import World

CIDR, RUNTIME_CIDR, GATEWAY_CIDR = "10.50.0.0/16", "10.50.10.0/24", "10.50.0.0/24"
IMAGE = "ami-0a9e47c0de0000001"
_ARGUMENTS = {"nat": "NatGatewayId", "igw": "GatewayId", "tgw": "TransitGatewayId", "gateway": "InstanceId"}


@dataclass(frozen=True, slots=True)
class LabNetwork:
    """What was made in EC2.

    Attributes:
        ec2: Client of the cloud that it is in.
        nat: Id of the NAT gateway that the runtime subnet's own default route goes to; None without one.
        instance: The spoke gateway's.
        spoke_address: Private address of the spoke gateway's interface.
    """

    ec2: Any
    vpc: str
    runtime_subnet: str
    runtime_table: str
    nat: str | None
    instance: str
    spoke_address: str

    def put_into(self, world: World) -> None:
        """Have the controller know the VPC by its ids in EC2."""
        known = world.vpcs.pop(AGENTCORE_VPC, None)
        if known is None:
            return
        own = {"name": "agentcore-runtime", "public": False, "own": self.nat}
        subnets = {self.runtime_subnet: {"cidr": RUNTIME_CIDR, "route_table": self.runtime_table}}
        world.vpcs[self.vpc] = {**known, "subnets": subnets, "route_tables": {self.runtime_table: own}}
        world.gateways[SPOKE] |= {"vpc_id": self.vpc, "private_ip": self.spoke_address}

    def follow(self, sim: Simulation) -> None:
        """Program the runtime subnet's default route as the controller says; nothing if it is so already.

        The local cloud knows no routes to interfaces: one to the gateway goes to its instance.
        """
        wanted = self._argument(target(sim, self.vpc, self.runtime_table))
        now = self.default_route()
        if wanted == now:
            return
        route = {"RouteTableId": self.runtime_table, "DestinationCidrBlock": DEFAULT}
        if now is not None:
            self.ec2.delete_route(**route)
        if wanted is not None:
            self.ec2.create_route(**route, **wanted)

    def _argument(self, found: str | None) -> dict[str, str] | None:
        """Return a route's target as EC2 takes it."""
        if found is None:
            return None
        kind = found.replace(":", "-").partition("-")[0]
        return {_ARGUMENTS[kind]: self.instance if kind == "gateway" else found}

    def default_route(self) -> dict[str, str] | None:
        """Return the target of the runtime subnet's default route as EC2 has it, None when there is no such route."""
        (table,) = self.ec2.describe_route_tables(RouteTableIds=[self.runtime_table])["RouteTables"]
        route = next((each for each in table["Routes"] if each.get("DestinationCidrBlock") == DEFAULT), None)
        if route is None:
            return None
        return {name: route[name] for name in _ARGUMENTS.values() if route.get(name)}


def build_network(ec2: Any, *, nat: bool = True) -> LabNetwork:
    """Make the VPC with a runtime subnet and a spoke gateway's interface.

    Args:
        ec2: Client of a local cloud.
        nat: Whether the runtime subnet has a way to the internet of its own.
    """
    vpc = ec2.create_vpc(CidrBlock=CIDR)["Vpc"]["VpcId"]
    runtime, public = (
        ec2.create_subnet(VpcId=vpc, CidrBlock=cidr)["Subnet"]["SubnetId"] for cidr in (RUNTIME_CIDR, GATEWAY_CIDR)
    )
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=runtime)
    gateway = ec2.create_nat_gateway(SubnetId=public)["NatGateway"]["NatGatewayId"] if nat else None
    (instance,) = ec2.run_instances(ImageId=IMAGE, SubnetId=public, MinCount=1, MaxCount=1)["Instances"]
    interface = ec2.create_network_interface(SubnetId=public)["NetworkInterface"]
    attached = {"NetworkInterfaceId": interface["NetworkInterfaceId"], "InstanceId": instance["InstanceId"]}
    ec2.attach_network_interface(**attached, DeviceIndex=1)
    return LabNetwork(ec2, vpc, runtime, table, gateway, instance["InstanceId"], interface["PrivateIpAddress"])
