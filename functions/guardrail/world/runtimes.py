"""The worlds of `verify_runtime` and `sweep_runtimes`."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache

from guardrail.flows import runtime_world, sweep_runtimes
from guardrail.gateways.agentcore import AgentCoreGateway
from guardrail.gateways.aws import Client, client_factory
from guardrail.gateways.evidence import EvidenceGateway
from guardrail.gateways.findings import FindingsGateway
from guardrail.gateways.queue import QueueGateway
from guardrail.gateways.state import StateGateway
from guardrail.gateways.switches import SwitchesReader
from guardrail.settings.runtimes import SweepSettings, VerifySettings
from guardrail.world.clock import now


@cache
def verify_world(settings: VerifySettings, source_url: str) -> runtime_world.World:
    """Return the world of `verify_runtime` for the messages of one of its queues, the same one each time."""
    clients, response = _verify_clients(), settings.response
    return runtime_world.World(
        agentcore=AgentCoreGateway(clients, settings.zone.account, settings.zone.region),
        state=StateGateway(clients, settings.state_table),
        evidence=EvidenceGateway(clients, settings.evidence_bucket),
        findings=FindingsGateway(clients, settings.event_bus, settings.topic_arn),
        queue=QueueGateway(clients, settings.looks_queue_url, settings.dead_letter_queue_url, source_url),
        switches=SwitchesReader(clients, settings.switches_table, now),
        clock=now,
        bounds=runtime_world.Bounds(
            changes=response.breaker_changes,
            window=timedelta(minutes=response.breaker_minutes),
            wait_seconds=response.wait_seconds,
            role_arn=settings.role_arn,
        ),
    )


@cache
def sweep_world(settings: SweepSettings) -> sweep_runtimes.World:
    """Return the world of `sweep_runtimes`."""
    clients = client_factory("sweep_runtimes")
    return sweep_runtimes.World(
        agentcore=AgentCoreGateway(clients, "", ""),
        state=StateGateway(clients, settings.state_table),
        evidence=EvidenceGateway(clients, settings.evidence_bucket),
        queue=QueueGateway(clients, settings.looks_queue_url),
    )


@cache
def _verify_clients() -> Callable[[str], Client]:
    """Return the clients of both worlds; those that are not needed for an unchanged runtime are made on first use."""
    return client_factory("verify_runtime")
