"""One controller's firewall: what plans are made from, read; what they consist of, carried out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from time import sleep
from typing import Any

from guardrail.core.errors import GatewayError
from guardrail.core.firewall.live import LiveDefault, LiveState, is_system
from guardrail.core.firewall.planned_call import Overtaken, PlannedCall, Verb
from guardrail.core.firewall.versions import ControllerVersion
from guardrail.core.firewall.wire import FIRST_ATTACHMENT_POINT
from guardrail.gateways.controller.client import Controller
from guardrail.gateways.controller.policies import replacement
from guardrail.gateways.controller.posture import DefaultAction

_DCF = "microseg"
_STILL_USED = "AVXERR-SMARTGROUP-0003"
_PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds before a group that still counts as used is deleted again: it does for a while after the last rule."""


class FirewallGateway:
    """The firewall over the controller's API.

    Args:
        pause: Waits for so many seconds.
    """

    def __init__(self, controller: Controller, *, pause: Callable[[float], None] = sleep) -> None:
        self._controller, self._pause = controller, pause
        self._carriers: Mapping[Verb, Callable[[PlannedCall, ControllerVersion], str | None]] = {
            Verb.CREATE_GROUP: self._create_group,
            Verb.REPLACE_GROUP: self._replace_group,
            Verb.DELETE_GROUP: self._delete_group,
            Verb.CREATE_RULESET: self._create_ruleset,
            Verb.REPLACE_RULESET: self._replace_ruleset,
            Verb.DELETE_RULESET: self._delete_ruleset,
            Verb.REPLACE_LIST: self._replace_list,
            Verb.SET_DEFAULT_ACTION: self._set_default_action,
        }

    def read(self, point: str | None) -> LiveState:
        posture, rulesets = self._controller.posture, self._controller.rulesets
        version = posture.version()
        found = rulesets.attachment_point(point or FIRST_ATTACHMENT_POINT) if version.has_rulesets else None
        nothing = LiveState(version, (), (), None, None, dcf_on=False, point=found)
        return self.read_again(nothing, default_action=True)

    def read_again(self, before: LiveState, *, default_action: bool) -> LiveState:
        controller, version = self._controller, before.version
        asked = default_action and version.has_default_action
        return replace(
            before,
            dcf_on=controller.posture.feature(_DCF),
            groups=tuple(controller.groups.list()),
            policies=controller.policies.read(),
            rulesets=controller.rulesets.list() if version.has_rulesets else None,
            default_action=self._default_action() if asked else before.default_action,
        )

    def gateways(self) -> tuple[str, ...]:
        return tuple(gateway.name for gateway in self._controller.inventory.gateways())

    def carry_out(self, call: PlannedCall, version: ControllerVersion) -> str | None:
        return self._carriers[call.verb](call, version)

    def _default_action(self) -> LiveDefault:
        found = self._controller.posture.default_action()
        return LiveDefault(found.action, found.logging, found.log_profile)

    def _create_group(self, call: PlannedCall, _: ControllerVersion) -> str:
        return self._controller.groups.create(call.name, call.selectors)

    def _replace_group(self, call: PlannedCall, _: ControllerVersion) -> None:
        self._controller.groups.replace(call.uuid or "", call.name, call.selectors)

    def _delete_group(self, call: PlannedCall, _: ControllerVersion) -> None:
        for seconds in _PAUSES:
            try:
                return self._controller.groups.delete(call.uuid or "")
            except GatewayError as error:
                if error.code != _STILL_USED:
                    raise
            self._pause(seconds)
        return self._controller.groups.delete(call.uuid or "")

    def _create_ruleset(self, call: PlannedCall, version: ControllerVersion) -> str:
        attach_to = call.settings["attach_to"]
        return self._controller.rulesets.create(call.name, call.rules, version, attach_to=attach_to)

    def _replace_ruleset(self, call: PlannedCall, version: ControllerVersion) -> None:
        self._unchanged(call, self._ruleset_rules(call))
        self._controller.rulesets.replace(call.settings, call.rules, version)

    def _delete_ruleset(self, call: PlannedCall, _: ControllerVersion) -> None:
        if call.seen is not None:
            self._unchanged(call, self._ruleset_rules(call))
        self._controller.rulesets.delete(call.uuid or "")

    def _ruleset_rules(self, call: PlannedCall) -> Sequence[Mapping[str, Any]]:
        found = self._controller.rulesets.get(call.uuid or "")
        return found["policies"] if found else ()

    def _replace_list(self, call: PlannedCall, version: ControllerVersion) -> None:
        """Replace the V1 list. What is written between the read and the write here is lost: one round trip."""
        write = replacement(call.rules, version)
        rules = self._controller.policies.read()
        self._unchanged(call, [rule for rule in rules if not is_system(rule)])
        self._controller.policies.send(write)

    def _set_default_action(self, call: PlannedCall, _: ControllerVersion) -> None:
        said = call.settings
        wanted = DefaultAction(said["action"], said["logging"], said["log_profile"])
        self._controller.posture.set_default_action(wanted)

    @staticmethod
    def _unchanged(call: PlannedCall, rules: Sequence[Mapping[str, Any]]) -> None:
        if list(call.seen or ()) != list(rules):
            raise Overtaken(call.name)
