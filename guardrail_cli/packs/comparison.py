"""A pack and a controller, ready to be compared: read, planned, applied, and what came of it remembered."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from guardrail.core.evidence import digest
from guardrail.core.firewall.bound_json import bound_document
from guardrail.core.firewall.ownership import Ownership
from guardrail.core.firewall.plan import SyncStatus
from guardrail.core.firewall.saved_plan import parse_saved
from guardrail.flows.reconcile_pack import Report, Task, World, apply_pack, plan_pack
from guardrail.gateways.firewall import FirewallGateway
from guardrail.gateways.standalone import NoLease, always_engaged
from guardrail_cli.packs.bound import bound_pack
from guardrail_cli.packs.live_options import Consent, LiveOptions
from guardrail_cli.packs.record import NamesFirst, Record, read_record
from guardrail_cli.progress import CallLog
from guardrail_cli.reach import Reach


@dataclass(frozen=True, slots=True)
class Comparison:
    """One pack and one controller."""

    task: Task
    world: World
    record: Record
    log: CallLog

    def expecting(self, plan: object) -> "Comparison":
        """Return it with the plan that is to be carried out, and no other.

        Raises:
            InvalidInput: It is none that `plan` printed.
        """
        return replace(self, task=replace(self.task, expected=parse_saved(plan)))

    def planned(self) -> Report:
        """Read the controller and say what would be changed."""
        return plan_pack(self.task, self.world)

    def applied(self) -> Report:
        """Apply the pack. What it is about to make is in the record before it makes anything.

        Raises:
            GuardrailError: The record cannot be written; nothing was changed then.
        """
        return apply_pack(self.task, self.world)

    def remember(self, report: Report) -> None:
        """Keep in the record what is so from now on, once the controller was seen to have the pack.

        Raises:
            GuardrailError: It cannot be written.
        """
        bound = self.task.bound
        if report.sync is SyncStatus.SYNCED and not report.refused:
            names, now = report.known | bound.names(), datetime.now(UTC)
            known = digest(bound_document(bound))
            self.record.write(self.record.registry.after(bound.pack.name, known, report.rules, names, now))

    def document(self, report: Report) -> dict[str, Any]:
        """Return a report as JSON values, with the calls that were made."""
        return report.document(self.log.documents())


def compared(given: str | None, reach: Reach, options: LiveOptions, consent: Consent, log: CallLog) -> Comparison:
    """Put together what `plan`, `apply` and `drift` work on; nothing is called yet.

    Raises:
        GuardrailError: The pack cannot be used, or an option is not as expected.
    """
    bound, _ = bound_pack(given, options.bindings, options.mode)
    record = read_record(options.record, reach.place())
    ownership = Ownership(bound.prefix, known=record.registry.names, adopted=frozenset(consent.adopt or ()))
    task = Task(bound, ownership, accept_controller_wide=consent.accept_controller_wide, subject=reach.place())
    world = World(
        firewall=FirewallGateway(reach.client(log)),
        engaged=always_engaged,
        evidence=NamesFirst(record, bound.names()),
        lease=NoLease(),
        clock=lambda: datetime.now(UTC),
    )
    return Comparison(task, world, record, log)
