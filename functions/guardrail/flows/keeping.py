"""What is to be kept on a controller, what that needs of the world, and what is remembered when it is there."""

from dataclasses import dataclass, replace
from datetime import datetime

from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.change_window import ChangeWindow
from guardrail.core.firewall.memory import FirewallMemory
from guardrail.core.firewall.ownership import Ownership
from guardrail.flows import reconciliation
from guardrail.flows.reconciliation import Report, Task
from guardrail.ports.firewall import DriftFindings, FirewallMemories


@dataclass(frozen=True, slots=True)
class World:
    """What keeping a controller needs."""

    reconciler: reconciliation.World
    memories: FirewallMemories
    findings: DriftFindings


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is to be kept, and how much of it by itself.

    Attributes:
        controller: Its host, and port if it is not the usual one.
        digest: The bound pack's.
        heal: Whether drift is undone.
        window: When healing may let more through; None for always.
    """

    controller: str
    bound: BoundPack
    digest: str
    heal: bool
    window: ChangeWindow | None
    accept_controller_wide: bool = False

    def task(self, memory: FirewallMemory) -> Task:
        """Return what is to be planned or applied, knowing what earlier versions made."""
        return Task(
            bound=self.bound,
            ownership=Ownership(self.bound.prefix, known=memory.registry.names),
            accept_controller_wide=self.accept_controller_wide,
            subject=self.controller,
        )

    def may_loosen(self, at: datetime) -> bool:
        """Say whether more may be let through by itself now."""
        return self.window is None or self.window.is_open(at)

    def in_place(self, memory: FirewallMemory, report: Report, at: datetime) -> FirewallMemory:
        """Return the memory once a controller has been seen to have the pack."""
        names = report.known | self.bound.names()
        registry = memory.registry.after(self.bound.pack.name, self.digest, report.rules, names, at)
        return replace(memory, applied=self.digest, attempted=self.digest, told="", registry=registry)
