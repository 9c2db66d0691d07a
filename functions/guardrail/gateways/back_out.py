"""What backing out needs of a controller, over its client; no AWS in it, so that it works when AWS does not."""

from collections.abc import Callable, Mapping
from typing import Any

from guardrail.core.errors import GatewayError
from guardrail.core.firewall.back_out import LiveRules, RuleList, WireRule
from guardrail.core.firewall.insertion import PathCall, Spoke, Turn
from guardrail.core.firewall.live import LiveDefault, LiveState
from guardrail.core.firewall.policy import Policy
from guardrail.core.firewall.versions import ControllerVersion
from guardrail.gateways.controller.call import Call
from guardrail.gateways.controller.client import Controller
from guardrail.gateways.controller.inventory import Gateway

MOVED = "changed-meanwhile"
"""The code of the error when a list is not what it was when the change was planned."""
Connect = Callable[[Callable[[Call], None]], Controller]
"""Makes a client that tells a watcher of every call."""


class BackOutGateway:
    """A controller. Every method reads anew; nothing is kept between two of them but the version.

    Args:
        connect: Given a watcher, makes the client. It is called on first use.
    """

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._client: Controller | None = None
        self._version: ControllerVersion | None = None
        self._calls = 0

    @property
    def calls(self) -> int:
        return self._calls

    def spoke(self, gateway: str) -> Spoke | None:
        found = self._controller.inventory.gateway(gateway)
        return None if found is None else _spoke(found)

    def turn(self, call: PathCall) -> None:
        insertion = self._controller.insertion
        match call.turn:
            case Turn.DISABLE_SNAT:
                insertion.disable_snat(call.gateway, call.cloud_type)
            case Turn.ENABLE_SNAT:
                insertion.enable_snat(call.gateway, call.cloud_type)
            case Turn.DISABLE_PRIVATE_DEFAULT:
                insertion.disable_private_default_route(call.gateway)
            case Turn.ENABLE_PRIVATE_DEFAULT:
                insertion.enable_private_default_route(call.gateway)
            case Turn.SET_CUSTOM_ROUTES:
                insertion.set_custom_routes(call.gateway, call.cidrs)
            case Turn.DETACH:
                insertion.detach(call.gateway, call.transit)
            case Turn.ATTACH:
                insertion.attach(call.gateway, call.transit, call.route_tables)

    def rules(self) -> LiveRules:
        controller, version = self._controller, self._known_version()
        lists = [RuleList("", _not_the_systems(controller.policies.read()))]
        if version.has_rulesets:
            rulesets = (found for found in controller.rulesets.list() if not found["system_resource"])
            lists += [_ruleset(found) for found in rulesets if found["policies"]]
        return LiveRules(version, tuple(lists))

    def replace(self, live: LiveRules, changed: RuleList) -> None:
        """Read the list once more right before writing it: one round trip remains, and there is no lock to close it."""
        controller = self._controller
        if changed.document is None:
            now = _not_the_systems(controller.policies.read())
        else:
            found = controller.rulesets.get(changed.uuid)
            now = () if found is None else tuple(found["policies"])
        before = live.at(changed.uuid)
        if before is None or list(now) != list(before.rules):
            raise GatewayError("controller:back-out", MOVED, retryable=True)
        if changed.document is None:
            controller.policies.replace(changed.rules, live.version)
        else:
            controller.rulesets.replace(changed.document, list(changed.rules), live.version)

    def policies(self, *lives: LiveRules) -> tuple[Policy, ...]:
        controller = self._controller
        groups, default = controller.groups.list(), None
        if lives[0].version.has_default_action:
            found = controller.posture.default_action()
            default = LiveDefault(found.action, found.logging)
        return tuple(_state(live, groups, default).policy() for live in lives)

    @property
    def _controller(self) -> Controller:
        if self._client is None:
            self._client = self._connect(self._count)
        return self._client

    def _count(self, _: Call) -> None:
        self._calls += 1

    def _known_version(self) -> ControllerVersion:
        if self._version is None:
            self._version = self._controller.posture.version()
        return self._version


def _spoke(found: Gateway) -> Spoke:
    return Spoke(
        name=found.name,
        vpc_id=found.vpc_id,
        cloud_type=found.cloud_type,
        snat=found.snat,
        snat_target=found.snat_target,
        private_default_route=found.private_default_route,
        custom_routes=found.custom_routes,
        filtered_routes=found.filtered_routes,
        transit=found.transit,
        egress_transit=found.egress_transit,
        route_tables=found.spoke_route_tables,
        addresses=found.addresses,
    )


def _not_the_systems(rules: tuple[dict[str, Any], ...]) -> tuple[WireRule, ...]:
    return tuple(rule for rule in rules if not rule.get("system_resource"))


def _ruleset(found: dict[str, Any]) -> RuleList:
    document = {key: value for key, value in found.items() if key != "policies"}
    return RuleList(found["uuid"], tuple(found["policies"]), found["attach_to"], document)


def _state(live: LiveRules, groups: tuple[Mapping[str, Any], ...], default: LiveDefault | None) -> LiveState:
    return LiveState(
        version=live.version,
        groups=groups,
        policies=tuple(rule for each in live.lists if each.document is None for rule in each.rules),
        rulesets=tuple({**each.document, "policies": list(each.rules)} for each in live.lists if each.document),
        default_action=default,
        dcf_on=True,
        point=None,
    )
