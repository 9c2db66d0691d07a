"""Somebody who works on the controller by hand, with the controller's own API, and has rules of their own there."""

from typing import Any

from guardrail.core.firewall.objects import SYSTEM_GROUPS
from guardrail.gateways.controller.client import Controller
from guardrail.gateways.controller.hidden import Hidden
from guardrail.gateways.controller.login import FixedLogin, make_login
from guardrail_lab.controller.launch import LocalController

_ANYWHERE = SYSTEM_GROUPS["Anywhere"]
THEIRS: dict[str, Any] = {
    "name": "payroll-to-mainframe",
    "priority": 9000,
    "action": "PERMIT",
    "src_ads": [_ANYWHERE],
    "dst_ads": [_ANYWHERE],
    "protocol": "TCP",
    "port_ranges": [{"lo": 8443}],
}
"""A rule that is none of ours."""


class Colleague:
    """A person with an account on the controller."""

    def __init__(self, controller: LocalController) -> None:
        self._simulator = controller.simulator
        login = make_login("lab", controller.url, "colleague", Hidden("any"))
        ca = None if controller.ca_path is None else str(controller.ca_path)
        self._client = Controller(FixedLogin(login), ca_file=ca)

    def add_a_rule(self) -> dict[str, Any]:
        """Add their own rule to the V1 list and return it as the controller has it."""
        client = self._client
        client.policies.replace([*client.policies.read(), THEIRS], client.posture.version())
        return self.rule(THEIRS["name"])

    def edit(self, name: str, **members: object) -> None:
        """Change members of a rule in whichever ruleset it stands."""
        client, version = self._client, self._client.posture.version()
        for ruleset in client.rulesets.list():
            if any(rule["name"] == name for rule in ruleset["policies"]):
                rules = [{**rule, **members} if rule["name"] == name else rule for rule in ruleset["policies"]]
                client.rulesets.replace(ruleset, rules, version)

    def rule(self, name: str) -> dict[str, Any]:
        """Return a rule as the controller has it, wherever it stands."""
        return dict(next(rule for rule in self._simulator.sim.all_rules() if rule["name"] == name))
