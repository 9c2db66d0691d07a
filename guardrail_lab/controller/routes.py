"""The default route of every route table: the customer's own, or the gateway's over it, and why."""

from guardrail_lab.controller.simulation import Simulation
from guardrail_lab.controller.world import Document

DEFAULT = "0.0.0.0/0"
"""The destination that all of this is about."""


def route_tables(sim: Simulation) -> list[Document]:
    """Return each route table with its default route's target: `gateway:NAME`, the customer's own, or None.

    Rule 4.1 of the vendor's page: what the customer had is kept and comes back. A public table is not touched.
    Rule 5.1: a default route learned from a transit goes only where there is none.
    """
    return [
        {"route_table": table_id, "vpc_id": vpc_id, **table, "default": target(sim, vpc_id, table_id)}
        for vpc_id, vpc in sim.world.vpcs.items()
        for table_id, table in vpc["route_tables"].items()
    ]


def target(sim: Simulation, vpc_id: str, table_id: str) -> str | None:
    """Return where a route table's default route goes."""
    table = sim.world.vpcs[vpc_id]["route_tables"][table_id]
    own: str | None = table["own"]
    if table["public"]:
        return own
    spokes = [spoke for spoke in sim.world.gateways.values() if spoke["vpc_id"] == vpc_id and _manages(spoke, table_id)]
    taking = next((spoke for spoke in spokes if takes_default_route(spoke)), None)
    if taking is not None:
        return f"gateway:{taking['name']}"
    if own is not None:
        return own
    learning = next((spoke for spoke in spokes if learns_default_route(sim, spoke)), None)
    return None if learning is None else f"gateway:{learning['name']}"


def takes_default_route(gateway: Document) -> bool:
    """Say whether the gateway lies over the customer's own default route."""
    return bool(gateway["snat"] or gateway["private_default"] or DEFAULT in gateway["customized"])


def learns_default_route(sim: Simulation, gateway: Document) -> bool:
    """Say whether the gateway has a default route from its transit."""
    transit = sim.world.gateways.get(gateway["transit"], {})
    return bool(transit.get("advertises_default")) and DEFAULT not in gateway["filtered"]


def default_from_transit(sim: Simulation, gateway: Document) -> bool:
    """Say whether a route table has its default route because of the transit: then SNAT is refused (rule 5.2)."""
    if not learns_default_route(sim, gateway) or takes_default_route(gateway):
        return False
    tables = sim.world.vpcs[gateway["vpc_id"]]["route_tables"]
    return any(not table["public"] and table["own"] is None and _manages(gateway, key) for key, table in tables.items())


def in_path(sim: Simulation, gateway: Document, table_id: str) -> bool:
    """Say whether what leaves through this route table's default route crosses the gateway."""
    return target(sim, gateway["vpc_id"], table_id) == f"gateway:{gateway['name']}"


def _manages(gateway: Document, table_id: str) -> bool:
    return not gateway["managed_tables"] or table_id in gateway["managed_tables"]
