"""Gateways, and the actions that change them."""

from collections.abc import Mapping

from guardrail_lab.controller.refusal import Refusal
from guardrail_lab.controller.routes import default_from_transit
from guardrail_lab.controller.simulation import Simulation
from guardrail_lab.controller.world import Document

Fields = Mapping[str, str]


def new_gateway(name: str, vpc_id: str, account: str, region: str, **changes: object) -> Document:
    """Return a gateway that nothing has been done to."""
    return {
        "name": name,
        "vpc_id": vpc_id,
        "account": account,
        "region": region,
        "group": name,
        "cloud_type": 1,
        "size": "t3.medium",
        "public_ip": "192.0.2.10",
        "private_ip": "10.50.0.10",
        "transit": "",
        "is_transit": False,
        "advertises_default": False,
        "snat": False,
        "snat_rules": [],
        "private_default": False,
        "skip_public": False,
        "customized": [],
        "filtered": [],
        "advertised": [],
        "managed_tables": [],
        **changes,
    }


def enable_snat(sim: Simulation, fields: Fields) -> str:
    """Rules 4.1 and 5.2 of the vendor's page on default routes."""
    gateway = named(sim, fields)
    if default_from_transit(sim, gateway):
        text = "a default route is already programmed because of the transit; SNAT cannot be enabled"
        raise Refusal(400, f"[AVXERR-NAT-0001] {text}")
    return _set(sim, gateway, snat=True)


def disable_snat(sim: Simulation, fields: Fields) -> str:
    """Turn SNAT off; customised rules are lost with it."""
    return _set(sim, named(sim, fields), snat=False, snat_rules=[])


def set_private_default(sim: Simulation, fields: Fields, *, enabled: bool) -> str:
    """Program a default route in the private route tables, or take it away."""
    return _set(sim, named(sim, fields), private_default=enabled)


def set_skip_public(sim: Simulation, fields: Fields, *, enabled: bool) -> str:
    """Leave public route tables alone, or not."""
    return _set(sim, named(sim, fields), skip_public=enabled)


def set_list(sim: Simulation, fields: Fields, *, member: str, key: str = "cidr") -> str:
    """Replace one of the lists; an empty text, or none, clears it."""
    items = [item.strip().partition("~~")[0] for item in fields.get(key, "").split(",")]
    return _set(sim, named(sim, fields), **{member: [item for item in items if item]})


def attach(sim: Simulation, fields: Fields) -> str:
    """Attach a spoke to a transit."""
    spoke, transit = named(sim, fields, "spoke_gw"), named(sim, fields, "transit_gw")
    if spoke["transit"]:
        raise Refusal(400, f"[AVXERR-TRANSIT-0034] {spoke['name']} has already joined to {spoke['transit']}")
    if not transit["is_transit"]:
        raise Refusal(400, f"{transit['name']} is no transit gateway")
    tables = [item for item in fields.get("route_table_list", "").split(",") if item]
    return _set(sim, spoke, transit=transit["name"], managed_tables=tables or spoke["managed_tables"])


def detach(sim: Simulation, fields: Fields) -> str:
    """Detach a spoke from its transit."""
    spoke = named(sim, fields, "spoke_gw")
    if not spoke["transit"] or fields.get("transit_gw", spoke["transit"]) != spoke["transit"]:
        raise Refusal(400, f"{spoke['name']} has not joined to any transit")
    return _set(sim, spoke, transit="")


def create(sim: Simulation, fields: Fields) -> str:
    """Make a gateway in a VPC."""
    name, vpc_id = fields.get("gw_name", ""), fields.get("vpc_id", "").partition("~~")[0]
    if not name or name in sim.world.gateways:
        raise Refusal(400, f"gateway {name} already exists")
    sim.world.vpcs.setdefault(vpc_id, {"name": vpc_id, "cidr": "", "subnets": {}, "route_tables": {}})
    gateway = new_gateway(name, vpc_id, fields.get("account_name", ""), fields.get("vpc_region", ""))
    gateway |= {"snat": fields.get("enable_nat") == "yes", "size": fields.get("gw_size", gateway["size"])}
    sim.world.gateways[name] = gateway
    sim.changed()
    return f"Successfully created Gateway {name}."


def delete(sim: Simulation, fields: Fields) -> str:
    """Delete a gateway."""
    gateway = named(sim, fields, "gw_name")
    del sim.world.gateways[gateway["name"]]
    sim.changed()
    return f"Successfully deleted Gateway {gateway['name']}."


def named(sim: Simulation, fields: Fields, key: str = "gateway_name") -> Document:
    """Return the gateway of that name, or the first one of the group of that name."""
    name = fields.get(key, "")
    for gateway in sim.world.gateways.values():
        if name in (gateway["name"], gateway["group"]):
            return gateway
    raise Refusal(400, f"Gateway {name} does not exist")


def _set(sim: Simulation, gateway: Document, **changes: object) -> str:
    gateway |= changes
    sim.changed()
    return f"Successfully updated gateway {gateway['name']}."
