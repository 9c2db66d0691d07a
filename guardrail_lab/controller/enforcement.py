"""What the gateways get: the rules in the order of the tree, and the default action."""

from dataclasses import dataclass

from guardrail_lab.controller.policy_list import default_rule
from guardrail_lab.controller.reserved import AFTER_K8S, AFTER_UI, BEFORE_UI, K8S_POINT
from guardrail_lab.controller.simulation import Simulation
from guardrail_lab.controller.world import Document

_V1 = "V1"
_ORDER = (BEFORE_UI, _V1, AFTER_UI, K8S_POINT, AFTER_K8S)
"""The place of the two AFTER points is inferred from their names."""


@dataclass(frozen=True, slots=True)
class Enforced:
    """One state of the firewall.

    Attributes:
        rules: The first that matches decides; the default action stands at the end.
        on: Whether DCF is on at all.
        release: Of the controller, which decides what a log line has.
    """

    rules: tuple[Document, ...]
    groups: dict[str, Document]
    on: bool
    release: str


def enforced(sim: Simulation) -> Enforced:
    """Return what the gateways are to enforce now."""
    rules: list[Document] = []
    attached = {ruleset["attach_to"]: ruleset for ruleset in sim.world.rulesets.values() if ruleset["attach_to"]}
    for point in _ORDER:
        if point == _V1:
            rules += sim.world.policies
        elif point in attached:
            rules += _flat(sim, attached[point], attached)
    on = sim.world.features["microseg"]
    return Enforced((*rules, default_rule(sim)), dict(sim.world.groups), on, sim.world.release)


def _flat(sim: Simulation, ruleset: Document, attached: dict[str, Document], depth: int = 0) -> list[Document]:
    """Return the rules of a ruleset, or of all that a group holds, in order."""
    rules = list(ruleset.get("policies", ()))
    for part in ruleset.get("sub_policies", ()) if depth < len(sim.world.rulesets) else ():
        point = part.get("attachment_point", {}).get("uuid")
        inner = attached.get(point) if point else sim.world.rulesets.get(part.get("list") or part.get("block"))
        rules += _flat(sim, inner, attached, depth + 1) if inner else []
    return rules
