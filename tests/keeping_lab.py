"""A controller that is kept, with everything else that it takes in memory: time, switch, lease, memory, evidence."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from guardrail.core.errors import GatewayError
from guardrail.core.evidence import digest
from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.bound_json import bound_document
from guardrail.core.firewall.change_window import ChangeWindow
from guardrail.core.firewall.drift import Drift
from guardrail.core.firewall.memory import FirewallMemory
from guardrail.core.firewall.pack import Mode, PolicyPack
from guardrail.core.switch import Scope
from guardrail.flows.deploy_pack import deploy_pack
from guardrail.flows.keep_firewall import Kept, keep_firewall
from guardrail.flows.keeping import Keeping, World
from guardrail.flows.reconciliation import Report
from guardrail.gateways.controller.outcome import CONNECTION
from guardrail.ports.firewall import Remembered
from tests.fakes import FakeEvidence
from tests.firewall_lab import FirewallLab, Wire

PREFIX = "ours"


@dataclass
class FakeMemories:
    memory: FirewallMemory = field(default_factory=FirewallMemory)
    revision: int = 0

    def read(self) -> Remembered:
        return Remembered(self.memory, self.revision)

    def save(self, before: Remembered, memory: FirewallMemory) -> Remembered:
        if before.revision != self.revision:
            raise GatewayError("memory", "another run wrote first", retryable=True)
        self.memory, self.revision = memory, self.revision + 1
        return self.read()


@dataclass
class FakeDriftFindings:
    reported: list[Drift] = field(default_factory=list)

    def report(self, drift: Drift) -> None:
        self.reported.append(drift)


@dataclass
class FakeLease:
    """Somebody else's while `busy`."""

    busy: bool = False
    mine: bool = False

    def take(self) -> bool:
        self.mine = not self.busy
        return self.mine

    def held(self) -> bool:
        return self.mine

    def give_back(self) -> None:
        self.mine = False


@dataclass
class KeptController:
    """What is deployed for one controller.

    Attributes:
        engaged: The switch of the rules.
    """

    pack: PolicyPack
    heal: bool = True
    window: ChangeWindow | None = None
    engaged: bool = True
    mode: Mode = Mode.ENFORCE
    lab: FirewallLab = field(default_factory=FirewallLab)
    memories: FakeMemories = field(default_factory=FakeMemories)
    findings: FakeDriftFindings = field(default_factory=FakeDriftFindings)
    evidence: FakeEvidence = field(default_factory=FakeEvidence)
    lease: FakeLease = field(default_factory=FakeLease)

    @property
    def keeping(self) -> Keeping:
        bound = BoundPack(self.pack, PREFIX, self.mode)
        return Keeping("192.0.2.1", bound, digest(bound_document(bound)), self.heal, self.window)

    @property
    def world(self) -> World:
        reconciler = self.lab.world(evidence=self.evidence, lease=self.lease, engaged=self._engaged)
        return World(reconciler, self.memories, self.findings)

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.lab.now, UTC)

    def _engaged(self, scope: Scope) -> bool:
        return self.engaged or scope is not Scope.POLICY

    def deploy(self, **changes: Any) -> tuple[Report, str | None]:
        for name, value in changes.items():
            setattr(self, name, value)
        return deploy_pack(self.keeping, self.world)

    def keep(self) -> Kept:
        return keep_firewall(self.keeping, self.world)

    def states(self) -> list[str]:
        """What people were told, in order."""
        return [drift.state.value for drift in self.findings.reported]

    def rules(self) -> dict[str, dict[str, Any]]:
        """Every rule on the controller, by name."""
        return {rule["name"]: rule for rule in self.lab.simulator.sim.all_rules()}

    def edit(self, name: str, **members: Any) -> None:
        """Change a rule of ours by hand, past the client."""
        self.rules()[f"{PREFIX}-{name}"].update(members)
        self.lab.simulator.sim.changed()

    def remove(self, name: str) -> None:
        world = self.lab.simulator.sim.world
        for rules in (world.policies, *(each.get("policies", []) for each in world.rulesets.values())):
            rules[:] = [rule for rule in rules if rule["name"] != f"{PREFIX}-{name}"]
        self.lab.simulator.sim.changed()

    def turn(self, feature: str, *, on: bool) -> None:
        self.lab.simulator.sim.world.features[feature] = on

    def outage(self) -> None:
        """From now on the controller cannot be reached, until `back` is called."""
        self.lab.wire.exchange = lambda *_, **__: CONNECTION  # type: ignore[method-assign]

    def back(self) -> None:
        self.lab.wire = Wire(self.lab.simulator)

    def window_around(self, *, is_open: bool) -> None:
        """A window of an hour that is open now, or not."""
        opens = self.now - timedelta(minutes=30) + timedelta(hours=0 if is_open else 3)
        self.window = ChangeWindow(frozenset(range(7)), opens.time(), (opens + timedelta(hours=1)).time(), UTC)
