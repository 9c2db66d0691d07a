"""A controller and a thousand rules: the pack that is kept on it, and one run of the reconciler, counted and timed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import perf_counter, process_time

from benches.packs import RULES, with_names
from benches.simulated import Simulated
from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.ownership import Ownership
from guardrail.core.firewall.pack import Mode
from guardrail.core.firewall.plan import SyncStatus
from guardrail.flows.reconcile_pack import Report, Task, World, apply_pack
from guardrail.gateways.controller.call import Call
from guardrail.gateways.firewall import FirewallGateway
from guardrail.gateways.standalone import NoEvidence, NoLease, always_engaged

PREFIX = "ours"


@dataclass(frozen=True, slots=True)
class Spent:
    """What something took: milliseconds by the clock on the wall, and of this process's CPU."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the reconciler, and every call it made, logins excluded."""

    report: Report
    spent: Spent
    calls: tuple[Call, ...]

    @property
    def reads(self) -> int:
        """How many calls change nothing."""
        return sum(call.read for call in self.calls)

    @property
    def writes(self) -> int:
        """How many calls change something."""
        return len(self.calls) - self.reads


class Site:
    """A controller whose client has logged in, with nothing of AWS beside it: no switch, lease or record."""

    def __init__(self, simulated: Simulated) -> None:
        self._calls: list[Call] = []
        client = simulated.client(self._calls.append)
        client.posture.version()
        self.firewall = FirewallGateway(client)
        self._world = World(self.firewall, always_engaged, NoEvidence(), NoLease(), lambda: datetime.now(UTC))

    def apply(self, bound: BoundPack) -> Run:
        """Bring the controller to a pack.

        Raises:
            RuntimeError: It did not get there; a figure for that would mean nothing.
        """
        self._calls.clear()
        reports: list[Report] = []
        task = Task(bound, Ownership(bound.prefix))
        used = spent(lambda: reports.append(apply_pack(task, self._world)))
        report = reports[0]
        if report.sync is not SyncStatus.SYNCED:
            raise RuntimeError(f"the pack is not applied: {report.error or report.refused}")
        return Run(report, used, tuple(self._calls))


def thousand_rules() -> BoundPack:
    """A pack of 1,000 rules over 400 groups, two of five rules with names; everything acts."""
    return BoundPack(with_names(0, 0).pack, PREFIX, Mode.ENFORCE)


def with_one_changed(bound: BoundPack) -> BoundPack:
    """The same, but the rule in the middle does not log."""
    rules = list(bound.pack.rules)
    rules[RULES // 2] = replace(rules[RULES // 2], logging=False)
    return replace(bound, pack=replace(bound.pack, rules=tuple(rules)))


def spent(call: Callable[[], object]) -> Spent:
    """Make a call and say what it took."""
    wall, cpu = perf_counter(), process_time()
    call()
    return Spent((perf_counter() - wall) * 1e3, (process_time() - cpu) * 1e3)
