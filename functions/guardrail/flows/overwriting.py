"""Telling people once that a change of ours may have replaced a resource policy that they had just put there."""

from guardrail.core.errors import GatewayError
from guardrail.core.evidence import RecordKind
from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.overwriting import told_of
from guardrail.core.runtimes.trail import TrailEvent
from guardrail.flows.runtime_world import World
from guardrail.flows.sight import Sight
from guardrail.flows.turn import Turn
from guardrail.ports.runtimes import Lease


def tell_if_overwritten(
    sight: Sight, history: History, lease: Lease, world: World
) -> tuple[History, GatewayError | None]:
    """Tell people if the look's event is of such a policy.

    Returns:
        What is to be remembered, and why nobody could be told, or None: then the message comes back, once the response
        has had its turn.
    """
    event, snapshot, verdict = sight.look.event, sight.snapshot, sight.verdict
    if not sight.may_have_overwritten or event is None or snapshot is None or verdict is None:
        return history, None
    why, turn = _why(event), Turn(sight, snapshot, verdict, history, lease, world)
    zone = sight.policy.zone
    body = {"account": zone.account, "region": zone.region, "why": why, "cause": event.document()}
    place = turn.keep(RecordKind.ESCALATED, f"{lease.fence:06d}-overwritten", body)
    try:
        turn.call_for_help(why, place)
    except GatewayError as error:
        return history, error
    return told_of(event, history), None


def _why(event: TrailEvent) -> str:
    return (
        f"{event.action} at {event.event_time} may have been overwritten: it came while the guardrail changed the same "
        f"resource policy. CloudTrail has it as event {event.event_id}; whoever still wants it does it again, and the "
        "guardrail keeps it"
    )
