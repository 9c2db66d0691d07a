"""App domains: SmartGroups, WebGroups and the system's own, in one collection."""

from typing import Any

from guardrail_lab.controller.refusal import Refusal, conflict, invalid, missing
from guardrail_lab.controller.reserved import CAPTURED_GROUPS
from guardrail_lab.controller.selector import kept_selector, kind_of
from guardrail_lab.controller.simulation import Simulation
from guardrail_lab.controller.world import Document


def list_groups(sim: Simulation) -> Document:
    """Return all groups."""
    return {"app_domains": list(sim.world.groups.values())}


def get_group(sim: Simulation, uuid: str) -> Document:
    """Return one group."""
    group = sim.world.groups.get(uuid)
    if group is None:
        raise missing("App domain not found")
    return group


def group_named(sim: Simulation, name: str) -> Document:
    """Return the group of that name."""
    for group in sim.world.groups.values():
        if group["name"] == name:
            return group
    raise missing("App domain not found")


def create_group(sim: Simulation, document: Any) -> Document:
    """Create a group."""
    group = _kept(sim, sim.new_uuid(), document)
    sim.world.groups[group["uuid"]] = group
    sim.changed()
    return {"uuid": group["uuid"]}


def replace_group(sim: Simulation, uuid: str, document: Any) -> None:
    """Replace a group's name and selector."""
    _own(sim, uuid)
    sim.world.groups[uuid] = _kept(sim, uuid, document)
    sim.changed()


def delete_group(sim: Simulation, uuid: str) -> None:
    """Delete a group that no rule names, and none has named for a while."""
    group = _own(sim, uuid)
    recently = sim.clock() - sim.released.get(uuid, float("-inf")) < sim.timing.release
    if uuid in sim.used_groups() or recently:
        raise conflict(f"[AVXERR-SMARTGROUP-0003] Smart Group {group['name']} present in one or more dfw policies")
    del sim.world.groups[uuid]
    sim.changed()


def kind_known(sim: Simulation, uuid: str) -> str | None:
    """Return the kind of a group that a rule may name, or None."""
    group = sim.world.groups.get(uuid)
    return CAPTURED_GROUPS.get(uuid) if group is None else kind_of(group)


def _own(sim: Simulation, uuid: str) -> Document:
    group = get_group(sim, uuid)
    if group["system_resource"]:
        raise Refusal(400, "system resource cannot be changed")
    return group


def _kept(sim: Simulation, uuid: str, document: Any) -> Document:
    name = document.get("name") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(name, str) or not name:
        raise invalid("name is required")
    if any(group["name"] == name for key, group in sim.world.groups.items() if key != uuid):
        raise conflict(f"app domain with name {name} already exists")
    selector = kept_selector(document.get("selector"), sim.release)
    return {"uuid": uuid, "name": name, "selector": selector, "system_resource": False}
