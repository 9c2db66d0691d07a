"""Settings -> gateways -> ports: where a handler's world is put together, once per execution environment."""

from datetime import UTC, datetime
from functools import cache

from guardrail.flows import sweep_runtimes, verify_runtime
from guardrail.gateways.agentcore import AgentCoreGateway
from guardrail.gateways.aws import client_factory
from guardrail.gateways.evidence import EvidenceGateway
from guardrail.gateways.findings import FindingsGateway
from guardrail.gateways.queue import QueueGateway
from guardrail.gateways.state import StateGateway
from guardrail.settings import SweepSettings, VerifySettings


@cache
def verify_world(settings: VerifySettings) -> verify_runtime.World:
    """Return the world of `verify_runtime`; the clients it does not need for an unchanged runtime come on first use."""
    clients = client_factory("verify_runtime")
    return verify_runtime.World(
        agentcore=AgentCoreGateway(clients, settings.zone.account, settings.zone.region),
        state=StateGateway(clients, settings.state_table),
        evidence=EvidenceGateway(clients, settings.evidence_bucket),
        findings=FindingsGateway(clients, settings.event_bus, settings.topic_arn),
        queue=QueueGateway(clients, settings.queue_url, settings.dead_letter_queue_url),
        clock=_now,
    )


@cache
def sweep_world(settings: SweepSettings) -> sweep_runtimes.World:
    """Return the world of `sweep_runtimes`."""
    clients = client_factory("sweep_runtimes")
    return sweep_runtimes.World(
        agentcore=AgentCoreGateway(clients, "", ""),
        state=StateGateway(clients, settings.state_table),
        queue=QueueGateway(clients, settings.queue_url),
    )


def _now() -> datetime:
    return datetime.now(UTC)
