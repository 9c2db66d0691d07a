"""A change after which a crash came: how it ended, as live state shows it, and the record that is missing."""

from guardrail.core.errors import GatewayError
from guardrail.core.evidence import EvidenceRecord, RecordKind
from guardrail.core.runtimes.response import ResponseMode
from guardrail.core.runtimes.step import Step, StepKind
from guardrail.flows.record import keep
from guardrail.flows.runtime_world import World
from guardrail.flows.sight import Sight
from guardrail.flows.turn import Turn
from guardrail.ports.runtimes import Lease


def end_interrupted(turn: Turn, step: Step) -> None:
    """Say how a change ended after which a crash came: the next step, computed from live state, shows it."""
    kind = StepKind(turn.lease.opened.partition("-")[2])
    observes = turn.sight.policy.mode is ResponseMode.OBSERVE
    found = "not known" if observes else ("not made" if step.kind is kind else "made")
    place = close_interrupted(turn.sight, turn.lease, found, turn.world)
    if found != "made":
        return
    try:
        turn.tell_of(Step(kind, "the look that made the change was interrupted"), place)
    except GatewayError:
        if not step.changes_something:  # whoever blocks the topic does not block containment; the record is kept
            raise


def close_interrupted(sight: Sight, lease: Lease, found: str, world: World) -> str:
    """Write the record that is missing after a change that was begun, and return where it is."""
    body = {"outcome": "interrupted", "found": found, "verdict_digest": sight.digest}
    name, subject = f"{lease.opened}-found", sight.look.subject
    return keep(EvidenceRecord(RecordKind.OUTCOME, subject, name, world.clock(), body), sight, world)
