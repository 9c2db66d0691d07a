"""The simulated gateways: what they do with a flow, by what has reached them so far."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from guardrail_lab.controller.dcf_log import Hit, lines
from guardrail_lab.controller.enforcement import Enforced, enforced
from guardrail_lab.controller.flow import Flow, concerns
from guardrail_lab.controller.release import Release
from guardrail_lab.controller.routes import in_path
from guardrail_lab.controller.simulation import Delayed, Simulation
from guardrail_lab.controller.world import Document

NOT_INSPECTED = "NOT_INSPECTED"


@dataclass(frozen=True, slots=True)
class Passage:
    """What became of a flow.

    Attributes:
        decision: PERMIT, DENY or NOT_INSPECTED.
        rule: uuid of the rule that decided.
        lines: What the gateway logged.
    """

    decision: str
    rule: str | None = None
    lines: list[str] = field(default_factory=list)


class Dataplane:
    """Every gateway gets every change, `propagation` seconds later."""

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim
        self._states = Delayed(enforced(sim))
        self._revision = sim.revision
        self.log: list[str] = []

    def notice(self) -> None:
        """Send to the gateways what has changed since the last time."""
        if self._revision != self._sim.revision:
            self._revision = self._sim.revision
            self._states.set(enforced(self._sim), self._sim.clock())

    def pass_through(self, flow: Flow) -> Passage:
        """Let a flow come out of its subnet now, and say what happens to it."""
        gateway = self._on_the_way(flow)
        state: Enforced = self._states.seen(self._sim.clock() - self._sim.timing.propagation)
        if gateway is None or not state.on:
            return Passage(NOT_INSPECTED)
        release, logged, now = Release.parse(state.release), list[str](), self._sim.clock()
        for rule in _matching(state, self._with_resources(flow)):
            logged += lines(Hit(rule, flow, gateway["name"], gateway["public_ip"], now), release)
            if rule["enforcement"] == "ENFORCE":
                self.log += logged
                return Passage("DENY" if rule["action"] == "DENY" else "PERMIT", rule["uuid"], logged)
        raise AssertionError("the default action matches every flow")

    def _on_the_way(self, flow: Flow) -> Document | None:
        """Return the gateway that the flow's default route leads to."""
        for vpc_id, _, subnet in self._subnets(flow):
            for gateway in self._sim.world.gateways.values():
                if gateway["vpc_id"] == vpc_id and in_path(self._sim, gateway, subnet["route_table"]):
                    return gateway
        return None

    def _with_resources(self, flow: Flow) -> Flow:
        """Add the ids that the source has in the inventory of the cloud."""
        ids = [word for vpc_id, subnet_id, _ in self._subnets(flow) for word in (subnet_id, vpc_id)]
        names = [self._sim.world.vpcs[vpc_id]["name"] for vpc_id, _, _ in self._subnets(flow)]
        members = {name: getattr(flow, name) for name in flow.__slots__}
        return Flow(**members | {"resources": (*flow.resources, *ids, *names)})

    def _subnets(self, flow: Flow) -> Iterator[tuple[str, str, Document]]:
        for vpc_id, vpc in self._sim.world.vpcs.items():
            for subnet_id, subnet in vpc["subnets"].items():
                if ip_address(flow.src_ip) in ip_network(subnet["cidr"]):
                    yield vpc_id, subnet_id, subnet


def _matching(state: Enforced, flow: Flow) -> Iterator[Document]:
    for rule in state.rules:
        always = rule.get("system_resource", False)  # the default action
        if always or (rule["enforcement"] != "DISABLE" and concerns(rule, flow, state.groups)):
            yield rule
