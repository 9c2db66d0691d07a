"""Rulesets and groups of them, in a tree that hangs from attachment points."""

from typing import Any

from guardrail_lab.controller.refusal import Refusal, conflict, invalid, missing
from guardrail_lab.controller.reserved import CAPTURED_POINTS, CAPTURED_RULESETS, SYSTEM_LIST_PREFIX, V1_LIST
from guardrail_lab.controller.rules import kept_rules, shown_rule
from guardrail_lab.controller.simulation import Simulation
from guardrail_lab.controller.world import Document

_TARGETS = ("list", "block", "attachment_point")


def list_rulesets(sim: Simulation) -> Document:
    """Return rulesets and groups, mixed; the V1 list is one of them."""
    return {"dcf_policies": [_shown(sim, ruleset) for ruleset in sim.world.rulesets.values()]}


def get_ruleset(sim: Simulation, uuid: str) -> Document:
    """Return one of them."""
    return _shown(sim, _found(sim, uuid))


def create_ruleset(sim: Simulation, document: Any) -> Document:
    """Create one of them."""
    ruleset = _kept(sim, sim.new_uuid(), document, {})
    sim.world.rulesets[ruleset["uuid"]] = ruleset
    sim.changed()
    return {"uuid": ruleset["uuid"]}


def replace_ruleset(sim: Simulation, uuid: str, document: Any) -> None:
    """Replace one of them at once; the system's own can be emptied and filled, but not moved."""
    if uuid in CAPTURED_RULESETS and uuid not in sim.world.rulesets:
        sim.world.rulesets[uuid] = {"uuid": uuid, "name": uuid, "policies": [], "attach_to": ""}
    before = _found(sim, uuid)
    if uuid == V1_LIST:
        raise Refusal(400, "the V1 Policy List is changed through policy-list")
    used = sim.used_groups()
    sim.world.rulesets[uuid] = _kept(sim, uuid, document, before)
    sim.rules_replaced(used)


def delete_ruleset(sim: Simulation, uuid: str) -> None:
    """Delete one of them, unless it is the system's own or part of a group."""
    ruleset = _found(sim, uuid)
    if uuid.startswith(SYSTEM_LIST_PREFIX):
        raise Refusal(400, "system resource cannot be deleted")
    parts = (item for other in sim.world.rulesets.values() for item in other.get("sub_policies", ()))
    if any(uuid in (item.get("list"), item.get("block")) for item in parts):
        raise conflict(f"policy list {ruleset['name']} is part of a policy group")
    used = sim.used_groups()
    del sim.world.rulesets[uuid]
    sim.rules_replaced(used)


def attachment_points(sim: Simulation, name: str | None) -> list[Document]:
    """Return attachment points. Release 8.2 tells wrong ids for the fixed ones, as the real one does."""
    wrong = str(sim.release) == "8.2"
    points = [
        {
            "attachment_point_id": f"00000000{uuid[8:]}" if wrong and point.startswith("TERRAFORM_") else uuid,
            "name": point,
        }
        for point, uuid in _points(sim).items()
    ]
    return [point for point in points if name in (None, point["name"])]


def _points(sim: Simulation) -> dict[str, str]:
    own = {
        item["attachment_point"]["name"]: item["attachment_point"]["uuid"]
        for ruleset in sim.world.rulesets.values()
        for item in ruleset.get("sub_policies", ())
        if "attachment_point" in item
    }
    fixed = {
        name: uuid for name, uuid in sim.world.points.items() if sim.release.has("10.1") or "AFTER_K8S" not in name
    }
    return fixed | own


def _found(sim: Simulation, uuid: str) -> Document:
    ruleset = sim.world.rulesets.get(uuid)
    if ruleset is None:
        raise missing(f"[AVXERR-DFW-0025] policy list {uuid} does not exist")
    return ruleset


def _shown(sim: Simulation, ruleset: Document) -> Document:
    rules = sim.world.policies if ruleset["uuid"] == V1_LIST else ruleset.get("policies", ())
    shown = {key: value for key, value in ruleset.items() if value and key != "policies"}
    if "sub_policies" in ruleset:
        return shown
    return shown | {"policies": [shown_rule(rule, sim.release) for rule in rules]}


def _kept(sim: Simulation, uuid: str, document: Any, before: Document) -> Document:
    if not isinstance(document, dict) or not isinstance(document.get("name"), str) or not document["name"]:
        raise invalid("name is required")
    kept = {"uuid": uuid, "name": document["name"], "attach_to": _attached(sim, uuid, document)}
    metadata = document.get("metadata") or before.get("metadata")
    kept |= {"metadata": metadata} if metadata else {}
    kept |= {"system_resource": True} if before.get("system_resource") else {}
    if document.get("sub_policies") is not None:
        return kept | {"sub_policies": _parts(sim, document["sub_policies"])}
    rules = kept_rules(sim, document.get("policies") or [], {rule["uuid"] for rule in before.get("policies", ())})
    names = [rule["name"] for rule in rules]
    if len(set(names)) < len(names):
        raise invalid("two policies have the same name")
    return kept | {"policies": sorted(rules, key=lambda rule: int(rule["priority"]))}


def _attached(sim: Simulation, uuid: str, document: Document) -> str:
    point = document.get("attach_to") or ""
    known = {*_points(sim).values(), *CAPTURED_POINTS}
    if point and point not in known:
        raise invalid("attach_to names an attachment point that does not exist")
    taken = any(point == other["attach_to"] for key, other in sim.world.rulesets.items() if key != uuid)
    if point and taken:
        raise conflict("[AVXERR-DFW-0043] another object is attached to this attachment point")
    return str(point)


def _parts(sim: Simulation, found: Any) -> list[Document]:
    if not isinstance(found, list) or not found or not all(isinstance(item, dict) for item in found):
        raise invalid("a policy group must have sub_policies")
    parts = [{key: value for key, value in item.items() if value} for item in found]
    for part in parts:
        targets = [key for key in _TARGETS if key in part]
        if len(targets) != 1:
            raise invalid("a sub policy must be exactly one of list, block and attachment_point")
        part[targets[0]] = _target(sim, targets[0], part[targets[0]])
        if not isinstance(part.get("priority", 0), int):
            raise invalid("priority must be a number")
    return sorted(parts, key=lambda part: int(part.get("priority", 0)))


def _target(sim: Simulation, kind: str, target: Any) -> Any:
    if kind != "attachment_point":
        if not isinstance(target, str) or target not in {*sim.world.rulesets, *CAPTURED_RULESETS}:
            raise invalid("a sub policy names a policy list that does not exist")
        return target
    if not isinstance(target, dict) or not isinstance(target.get("name"), str):
        raise invalid("an attachment point must have a name")
    return {"uuid": sim.new_uuid(), **target}
