"""What is shown of gateways and of their VPCs' route tables."""

from guardrail_lab.controller.gateways import Fields, named
from guardrail_lab.controller.refusal import Refusal
from guardrail_lab.controller.simulation import Simulation
from guardrail_lab.controller.world import Document


def summary(sim: Simulation, fields: Fields) -> list[Document]:
    """Return gateways. A name restricts them, as do `spoke_only` and `transit_only`."""
    wanted = fields.get("gateway_name")
    return [
        _shown(sim, gateway)
        for gateway in sim.world.gateways.values()
        if wanted in (None, gateway["name"], gateway["group"])
        and not ("spoke_only" in fields and gateway["is_transit"])
        and not ("transit_only" in fields and not gateway["is_transit"])
    ]


def info(sim: Simulation, fields: Fields) -> Document:
    """Return the details of one gateway."""
    gateway = named(sim, fields)
    return {
        "vpc_name": gateway["name"],
        "group_name": gateway["group"],
        "account_name": gateway["account"],
        "transit_gw_name": gateway["transit"],
        "egress_transit_gw_name": "",
        "spoke_rtb_list": _tables(sim, gateway),
        "snat_ip_port_list": gateway["snat_rules"],
        "dnat_ip_port_list": [],
        "bgp_enabled": False,
    }


def vpc_route_tables(sim: Simulation, fields: Fields) -> Document:
    """Return the ids of a VPC's route tables, with their names."""
    vpc = sim.world.vpcs.get(fields.get("vpc_id", "").partition("~~")[0])
    if vpc is None:
        raise Refusal(400, "VPC does not exist")
    return {"vpc_rtbs_list": [f"{key}~~{table['name']}" for key, table in vpc["route_tables"].items()]}


def _tables(sim: Simulation, gateway: Document) -> list[str]:
    tables = sim.world.vpcs[gateway["vpc_id"]]["route_tables"]
    managed = gateway["managed_tables"] or [key for key, table in tables.items() if not table["public"]]
    return [f"{key}~~{tables[key]['name']}" if key in tables else key for key in managed]


def _shown(sim: Simulation, gateway: Document) -> Document:
    vpc = sim.world.vpcs[gateway["vpc_id"]]
    return {
        "vpc_name": gateway["name"],
        "group_name": gateway["group"],
        "account_name": gateway["account"],
        "cloud_type": gateway["cloud_type"],
        "vpc_id": f"{gateway['vpc_id']}~~{vpc['name']}",
        "vpc_region": gateway["region"],
        "vpc_size": gateway["size"],
        "gateway_zone": f"{gateway['region']}a",
        "public_ip": gateway["public_ip"],
        "private_ip": gateway["private_ip"],
        "eip": gateway["public_ip"],
        "enable_nat": "yes" if gateway["snat"] else "no",
        "nat_enabled": gateway["snat"],
        "snat_target": ("customized" if gateway["snat_rules"] else "primary") if gateway["snat"] else "",
        "private_vpc_default_enabled": gateway["private_default"],
        "skip_public_vpc_update_enabled": gateway["skip_public"],
        "customized_cidr_list": gateway["customized"],
        "filtering_cidr_list": gateway["filtered"],
        "include_cidr_list": gateway["advertised"],
        "exclude_cidr_list": [],
        "advertise_cidr_list": gateway["advertised"],
        "spoke_rtb_list": [] if gateway["is_transit"] else _tables(sim, gateway),
        "transit_gw_name": gateway["transit"],
        "egress_transit_gw_name": "",
        "insertion_gateway": False,
        "inst_state": "running",
        "vpc_state": "up",
        "gw_software_version": f"{sim.release}.10",
        "hagw_details": {},
        "tags": {},
        "is_hagw": "no",
        "spoke_vpc": "no" if gateway["is_transit"] else "yes",
    }
