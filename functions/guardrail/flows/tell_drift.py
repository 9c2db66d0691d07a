"""Tell machines and people of a drift, and keep the evidence; once for each drift and what became of it."""

from datetime import datetime

from guardrail.core.evidence import EvidenceRecord, RecordKind, digest
from guardrail.core.firewall.drift import Drift, DriftState
from guardrail.core.firewall.memory import FirewallMemory
from guardrail.flows.keeping import Keeping, World
from guardrail.flows.reconciliation import Report


def tell_drift(
    keeping: Keeping, memory: FirewallMemory, state: DriftState, found: Report, at: datetime, world: World
) -> str:
    """Record and report what was not told yet, and return what it is known by. A heal is always news.

    A suspension is one thing to tell, however the rules change while it lasts.
    """
    changes = [] if state is DriftState.SUSPENDED else [change.document() for change in found.plan.changes]
    told = digest({"state": state.value, "changes": changes, "refused": found.refused})
    if told != memory.told or state is DriftState.HEALED:
        report_drift(keeping, state, found, _recorded(keeping, state, told, found, at, world), at, world)
    return told


def report_drift(keeping: Keeping, state: DriftState, found: Report, place: str, at: datetime, world: World) -> None:
    """Report. `place` is where the evidence is, or empty."""
    world.findings.report(
        Drift(
            state=state,
            controller=keeping.controller,
            pack=keeping.bound.pack.name,
            digest=keeping.digest,
            changes=found.plan.changes,
            loosens=found.plan.loosens,
            refused=found.refused,
            evidence=place,
            at=at,
        )
    )


def _recorded(keeping: Keeping, state: DriftState, told: str, found: Report, at: datetime, world: World) -> str:
    name = f"{at:%Y%m%dT%H%M%SZ}-{told.removeprefix('sha256:')[:12]}"
    plan = found.plan.document()
    body = {"controller": keeping.controller, "pack": keeping.digest, "state": state.value, "plan": plan}
    record = EvidenceRecord(RecordKind.FIREWALL_DRIFT, keeping.controller, name, at, body)
    return world.reconciler.evidence.append(record)
