"""Third chapter: the policy pack on a controller, applied by the deploy, healed after a hand edit."""

from typing import Any

from guardrail_lab.colleague import Colleague
from guardrail_lab.controller.flow import Flow
from guardrail_lab.controller.launch import LocalController
from guardrail_lab.controller.simulation import Timing
from guardrail_lab.demo.stage import Stage, promise
from guardrail_lab.deployment import synthesise
from guardrail_lab.firewall import PREFIX, Firewall, FirewallOutputs

AT_ONCE = Timing(propagation=0, release=0, job=0)
RUNTIME_ADDRESS = "10.50.10.7"
LAST_DENY = f"{PREFIX}-100-default-deny"
MODEL, EXFILTRATION = "bedrock-runtime.us-east-1.amazonaws.com", "catbox.moe"


class FirewallChapter:
    """What happens on the controller.

    Attributes:
        outputs: Of the deployed firewall stack.
    """

    def __init__(self, stage: Stage, controller: LocalController) -> None:
        self._stage, self._controller = stage, controller
        self._colleague = Colleague(controller)
        self._assembly = stage.directory / "cdk.out.firewall"
        self._firewall = Firewall(stage.cloud, stage.zone, controller, stage.directory)
        self.outputs: FirewallOutputs

    def play(self) -> None:
        """Run every step.

        Raises:
            LabError, NotAsPromised, TimeoutError: A step failed; it is the last one in the report.
        """
        theirs = self._colleague.add_a_rule()
        self._deploy()
        with self._stage.step("traffic of the runtimes, as the gateway decides it") as say:
            say(f"{self.see(MODEL, 'PERMIT')}; {self.see(EXFILTRATION, 'DENY')}")
        self._edit_by_hand()
        with self._stage.step("a colleague's rule came through it all"):
            promise(self._colleague.rule(theirs["name"]) == theirs, "somebody else's rule was changed")

    def see(self, host: str, decision: str) -> str:
        """Send a flow from a runtime to a host, and say what became of it.

        Raises:
            NotAsPromised: Something else became of it.
        """
        flow = Flow(src_ip=RUNTIME_ADDRESS, dst_ip="203.0.113.80", sni=host)
        passage = self._controller.simulator.dataplane.pass_through(flow)
        promise(passage.decision == decision, f"{host}: {passage.decision}, expected {decision}")
        return f"{host} {passage.decision}"

    def compare(self) -> dict[str, Any]:
        """Have the controller compared with the pack, as the schedule does, and return what came of it."""
        return self._stage.invoke(self.outputs.reconcile_function, {"command": "keep"})

    def destroy(self) -> None:
        """Run `cdk destroy`; the rules stay on the controller."""
        self._firewall.destroy(self._assembly)

    def _deploy(self) -> None:
        stage = self._stage
        with stage.step("cdk deploy of the firewall: the pack is applied to the controller") as say:
            synthesise(stage.zone, self._assembly, **self._firewall.context(mode="enforce", heal=True))
            self.outputs = self._firewall.deploy(self._assembly)
            rules = [each for each in self._controller.simulator.sim.all_rules() if each["name"].startswith(PREFIX)]
            promise(self.compare()["state"] == "in-sync", "after the deploy the controller differs from the pack")
            say(f"{len(rules)} rules; a second look finds nothing to change")

    def _edit_by_hand(self) -> None:
        stage = self._stage
        with stage.step("a hand edit of the last deny is reported and healed") as say:
            before = self._colleague.rule(LAST_DENY)
            self._colleague.edit(LAST_DENY, action="PERMIT")
            opened = self.see(EXFILTRATION, "PERMIT")
            kept = self.compare()
            promise((kept["state"], kept["sync"]) == ("healed", "Synced"), f"the edit ended {kept['state']}")
            promise(self._colleague.rule(LAST_DENY) == before, "the rule did not come back as it was")
            say(f"{opened}, then {self.see(EXFILTRATION, 'DENY')} again, by the same rule uuid")
