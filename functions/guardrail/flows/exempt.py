"""Exemptions: granted by the core's rules and for at most 90 days, revoked at any time; recorded before, told after."""

from collections.abc import Mapping
from typing import Any

from guardrail.core.announcement import Announcement
from guardrail.core.errors import InvalidInput
from guardrail.core.evidence import EvidenceRecord, RecordKind, digest
from guardrail.core.firewall.insertion import Refused
from guardrail.core.firewall.routes import Proof
from guardrail.core.order import Order
from guardrail.core.runtimes.exemption import parse_exemptions
from guardrail.flows.answer import Answer, proof
from guardrail.flows.back_out_world import World

KIND = "Exemption"


def exempt(order: Order, caller: str | None, world: World) -> Answer:
    """Grant an exemption; the same one again is fine.

    Raises:
        InvalidInput: It lacks something, is over already, or lasts more than 90 days.
        Refused: There is another one of that id; revoke it first.
        GatewayError: It could not be recorded, or not written: no record, no exemption.
    """
    document = dict(order.document or {})
    granted = parse_exemptions([document], world.clock())
    if not granted.valid:
        raise InvalidInput("exemptions[0].expires", "a day that is not over")
    known = world.switches.exemptions().get(str(document["id"]))
    if known is None:
        _record("granted", document, order, caller, world)
        known = document if world.switches.grant(document) else world.switches.exemptions().get(str(document["id"]))
    if known != document:
        raise Refused("exempt: there is another exemption of that id; revoke it, or choose another id")
    return _told("granted", document, order, caller, world)


def revoke(order: Order, caller: str | None, world: World) -> Answer:
    """Revoke an exemption; one that is gone is fine.

    Raises:
        GatewayError: It could not be recorded, or not deleted.
    """
    exemption_id = str((order.document or {})["id"])
    document = world.switches.exemptions().get(exemption_id)
    if document is None:
        return Answer(proof=proof(Proof.PROVEN), notes=("there is no such exemption",))
    _record("revoked", document, order, caller, world)
    world.switches.revoke(exemption_id)
    return _told("revoked", document, order, caller, world)


def _record(event: str, document: Mapping[str, Any], order: Order, caller: str | None, world: World) -> None:
    now = world.clock()
    body = _facts(event, document, order, caller)
    name = f"{now:%Y-%m-%dT%H%M%SZ}-{event}-{digest(body).removeprefix('sha256:')[:12]}"
    world.evidence.append(EvidenceRecord(RecordKind.EXEMPTION, "exemptions", name, now, body))


def _facts(event: str, document: Mapping[str, Any], order: Order, caller: str | None) -> dict[str, Any]:
    return {"event": event, "exemption": dict(document), "claimed_by": order.claimed_by, "caller": caller}


def _told(event: str, document: Mapping[str, Any], order: Order, caller: str | None, world: World) -> Answer:
    claim = f"somebody who claims to be {order.claimed_by}" if order.claimed_by else "somebody who did not say who"
    exemption_id = document["id"]
    lines = (
        f"Exemption {exemption_id} was {event} by {caller or f'{claim} (CloudTrail knows)'}.",
        *_terms(document),
    )
    title = f"AgentCore guardrail: exemption {exemption_id} {event}"
    notes = world.tell(Announcement(KIND, _facts(event, document, order, caller), title, lines))
    return Answer(after={"exemption": dict(document), "state": event}, proof=proof(Proof.PROVEN), notes=notes)


def _terms(document: Mapping[str, Any]) -> tuple[str, ...]:
    """What it says; of one that is of no known form, that."""
    try:
        return (
            f"{document['owner']} answers for it, ticket {document['ticket']}: {document['reason']}",
            f"Rules {', '.join(document['rules'])}; runtimes {', '.join(document['runtimes'])}; "
            f"until the end of {document['expires']} (UTC).",
        )
    except (KeyError, TypeError):
        return ("It was of no known form and exempted nothing.",)
