"""Every operation of the client, each with what has to be there before it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from guardrail.core.firewall.versions import ControllerVersion
from guardrail.gateways.controller.client import Controller
from guardrail.gateways.controller.posture import DefaultAction
from guardrail_lab.controller.reserved import ANYWHERE, BEFORE_UI
from guardrail_lab.controller.seed import CLIENT_SPOKE, SPOKE, TRANSIT

VERSION = ControllerVersion(9, 0)
RULE = {"name": "r", "action": "DENY", "src_ads": [ANYWHERE], "dst_ads": [ANYWHERE], "priority": 7, "logging": True}
CIDR = [{"cidr": "10.0.0.0/8"}]


@dataclass(frozen=True)
class Operation:
    """`act` is the call that is looked at; `before` arranges, and returns what it works on."""

    act: Callable[[Controller, Any], Any]
    before: Callable[[Controller], Any] = lambda _: None


def a_group(client: Controller) -> str:
    return client.groups.create("a group", CIDR)


def a_ruleset(client: Controller) -> Any:
    return client.rulesets.get(client.rulesets.create("a ruleset", [RULE], VERSION))


def a_job(client: Controller) -> str:
    return client.jobs.start("delete_container", {"gw_name": CLIENT_SPOKE})


def spoke(client: Controller) -> Any:
    return client.inventory.gateway(SPOKE)


READS = {
    "version": Operation(lambda client, _: client.posture.version()),
    "metadata": Operation(lambda client, _: client.posture.metadata()),
    "default action": Operation(lambda client, _: client.posture.default_action()),
    "feature": Operation(lambda client, _: client.posture.feature("microseg")),
    "features": Operation(lambda client, _: client.posture.features()),
    "log profile": Operation(lambda client, _: client.posture.log_profile("start/end")),
    "tls profiles": Operation(lambda client, _: client.posture.tls_profiles()),
    "groups": Operation(lambda client, _: client.groups.list()),
    "group": Operation(lambda client, uuid: client.groups.get(uuid), a_group),
    "group by name": Operation(lambda client, _: client.groups.named("a group"), a_group),
    "policies": Operation(lambda client, _: client.policies.read()),
    "rulesets": Operation(lambda client, _: client.rulesets.list()),
    "ruleset": Operation(lambda client, ruleset: client.rulesets.get(ruleset["uuid"]), a_ruleset),
    "attachment point": Operation(lambda client, _: client.rulesets.asked_attachment_point("K8S_POLICY_LIST")),
    "gateways": Operation(lambda client, _: client.inventory.gateways()),
    "gateway": Operation(lambda client, _: client.inventory.gateway(SPOKE)),
    "gateway detail": Operation(lambda client, _: client.inventory.detail(SPOKE)),
    "route tables": Operation(lambda client, gateway: client.inventory.route_tables(gateway), spoke),
    "wait for a job": Operation(lambda client, request_id: client.jobs.wait(request_id), a_job),
}
WRITES = {
    "set default action": Operation(lambda client, _: client.posture.set_default_action(DefaultAction("DENY", True))),
    "set feature": Operation(lambda client, _: client.posture.set_feature("ipv6", enabled=True)),
    "create group": Operation(lambda client, _: client.groups.create("new", CIDR)),
    "replace group": Operation(lambda client, uuid: client.groups.replace(uuid, "other", CIDR), a_group),
    "delete group": Operation(lambda client, uuid: client.groups.delete(uuid), a_group),
    "replace policies": Operation(lambda client, _: client.policies.replace([RULE], VERSION)),
    "create ruleset": Operation(lambda client, _: client.rulesets.create("n", [RULE], VERSION, attach_to=BEFORE_UI)),
    "replace ruleset": Operation(lambda client, ruleset: client.rulesets.replace(ruleset, [], VERSION), a_ruleset),
    "delete ruleset": Operation(lambda client, ruleset: client.rulesets.delete(ruleset["uuid"]), a_ruleset),
    "enable snat": Operation(lambda client, _: client.insertion.enable_snat(CLIENT_SPOKE)),
    "disable snat": Operation(lambda client, _: client.insertion.disable_snat(SPOKE)),
    "enable default route": Operation(lambda client, _: client.insertion.enable_private_default_route(SPOKE)),
    "disable default route": Operation(lambda client, _: client.insertion.disable_private_default_route(SPOKE)),
    "custom routes": Operation(lambda client, _: client.insertion.set_custom_routes(SPOKE, ["0.0.0.0/0"])),
    "filtered routes": Operation(lambda client, _: client.insertion.set_filtered_routes(SPOKE, ["10.0.0.0/8"])),
    "advertised routes": Operation(lambda client, _: client.insertion.set_advertised_routes(SPOKE, [])),
    "attach": Operation(lambda client, _: client.insertion.attach(SPOKE, TRANSIT, ["rtb-0a9e47c0de0000010"])),
    "detach": Operation(lambda client, _: client.insertion.detach(CLIENT_SPOKE, TRANSIT)),
    "start a job": Operation(lambda client, _: a_job(client)),
}
OPERATIONS = READS | WRITES
