"""Fourth chapter: out and in again. The gateway leaves the path, the rules let go, and each comes back as it was."""

from typing import Any

from guardrail_lab.controller.network import LabNetwork
from guardrail_lab.controller.seed import SPOKE
from guardrail_lab.demo.firewall import EXFILTRATION, FirewallChapter
from guardrail_lab.demo.stage import Stage, promise

WHO = {"reason": "INC-4711: the agents cannot reach anything", "claimed_by": "the person on call"}


class BackOutChapter:
    """What somebody on call does at 3 a.m."""

    def __init__(self, stage: Stage, firewall: FirewallChapter, network: LabNetwork) -> None:
        self._stage, self._firewall, self._network = stage, firewall, network

    def play(self) -> None:
        """Run every step.

        Raises:
            LabError, NotAsPromised, TimeoutError: A step failed; it is the last one in the report.
        """
        at_gateway = self._network.default_route()
        self._out_of_the_path()
        self._into_the_path(at_gateway)
        self._rules_let_go()

    def _out_of_the_path(self) -> None:
        with self._stage.step("back-out: the gateway leaves the path") as say:
            done = self._order(command="back-out", scope="insertion", gateway=SPOKE, **WHO)
            promise(self._network.default_route() == {"NatGatewayId": self._network.nat}, "EC2 has another route")
            seen = self._firewall.see(EXFILTRATION, "NOT_INSPECTED")
            say(f"{done['calls']} calls, proven from EC2's routes, ends {done['until']}; {seen}")

    def _into_the_path(self, at_gateway: dict[str, str] | None) -> None:
        with self._stage.step("restore: the gateway is in the path again") as say:
            self._order(command="restore", scope="insertion", claimed_by=WHO["claimed_by"])
            promise(self._network.default_route() == at_gateway, "the route did not come back as it was")
            say(self._firewall.see(EXFILTRATION, "DENY"))

    def _rules_let_go(self) -> None:
        with self._stage.step("back-out of the rules: permitted, logged, and no loop heals it") as say:
            self._order(command="back-out", scope="policy", **WHO)
            state = self._firewall.compare()["state"]
            promise(state == "suspended", f"the reconciler found {state}, expected suspended")
            say(self._firewall.see(EXFILTRATION, "PERMIT"))
        with self._stage.step("restore: the rules deny again") as say:
            self._order(command="restore", scope="policy", claimed_by=WHO["claimed_by"])
            promise(self._firewall.compare()["state"] == "in-sync", "the rules did not come back as they were")
            say(self._firewall.see(EXFILTRATION, "DENY"))

    def _order(self, **order: str) -> dict[str, Any]:
        done = self._stage.invoke(self._firewall.outputs.back_out_function, order)
        promise(done["done"] is True, f"{order['command']}: {done.get('refused') or done.get('failed')}")
        promise(done["proof"]["status"] == "proven", f"{order['command']}: the proof is {done['proof']['status']}")
        return done
