"""The V1 list: one for the whole controller, replaced as a whole."""

from typing import Any

from guardrail_lab.controller.refusal import invalid
from guardrail_lab.controller.reserved import ANYWHERE, DEFAULT_RULE
from guardrail_lab.controller.rules import kept_rules, shown_rule
from guardrail_lab.controller.simulation import Simulation
from guardrail_lab.controller.world import Document


def list_policies(sim: Simulation) -> Document:
    """Return all rules; the last is the system's own, which follows from the default action."""
    own = [shown_rule(rule, sim.release) for rule in sim.world.policies]
    return {"policies": [*own, shown_rule(default_rule(sim), sim.release)]}


def replace_policies(sim: Simulation, document: Any) -> None:
    """Replace all rules but the system's own."""
    if not isinstance(document, dict):
        raise invalid("policies must be a list of objects")
    kept = kept_rules(sim, document.get("policies") or [], {rule["uuid"] for rule in sim.world.policies})
    _replace(sim, sorted(kept, key=lambda rule: int(rule["priority"])))


def delete_policies(sim: Simulation) -> None:
    """Delete all rules but the system's own."""
    _replace(sim, [])


def default_rule(sim: Simulation) -> Document:
    """Return the rule that stands for the default action."""
    return {
        "uuid": DEFAULT_RULE,
        "name": "DefaultDenyAll" if sim.world.default_action["action"] == "DENY" else "DefaultPermitAll",
        "src_ads": [ANYWHERE],
        "dst_ads": [ANYWHERE],
        "protocol": "PROTOCOL_UNSPECIFIED",
        "priority": 2147483646,
        "enforcement": "ENFORCE",
        "system_resource": True,
        **sim.world.default_action,
    }


def _replace(sim: Simulation, rules: list[Document]) -> None:
    used = sim.used_groups()
    sim.world.policies = rules
    sim.rules_replaced(used)
