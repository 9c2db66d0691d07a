"""Settings -> gateways -> ports: where a handler's world is put together, once per execution environment."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from guardrail.flows import runtime_world, sweep_runtimes
from guardrail.gateways.agentcore import AgentCoreGateway
from guardrail.gateways.aws import Client, client_factory
from guardrail.gateways.evidence import EvidenceGateway
from guardrail.gateways.findings import FindingsGateway
from guardrail.gateways.queue import QueueGateway
from guardrail.gateways.state import StateGateway
from guardrail.gateways.switches import SwitchesReader
from guardrail.settings import BackOutSettings, ReconcileSettings, SweepSettings, VerifySettings

if TYPE_CHECKING:
    from guardrail.flows import back_out_world as back_out_flow
    from guardrail.flows import keeping, reconciliation
    from guardrail.gateways.controller.calls import Watcher
    from guardrail.ports import BackOutController, ControllerLease


@cache
def verify_world(settings: VerifySettings) -> runtime_world.World:
    """Return the world of `verify_runtime`; the clients it does not need for an unchanged runtime come on first use."""
    clients, response = client_factory("verify_runtime"), settings.response
    return runtime_world.World(
        agentcore=AgentCoreGateway(clients, settings.zone.account, settings.zone.region),
        state=StateGateway(clients, settings.state_table),
        evidence=EvidenceGateway(clients, settings.evidence_bucket),
        findings=FindingsGateway(clients, settings.event_bus, settings.topic_arn),
        queue=QueueGateway(clients, settings.queue_url, settings.dead_letter_queue_url),
        switches=SwitchesReader(clients, settings.switches_table, _now),
        clock=_now,
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
        queue=QueueGateway(clients, settings.queue_url),
    )


@cache
def firewall_world(settings: ReconcileSettings, patience_seconds: int) -> tuple["keeping.Keeping", "keeping.World"]:
    """Return what `reconcile_pack` is to keep, and its world.

    Args:
        patience_seconds: How long to wait for another run that has the controller's lease.
    """
    # The controller's client and the planner are half a cold start: only who keeps a firewall pays for them.
    from guardrail.flows import keeping
    from guardrail.gateways.drift_findings import DriftFindingsGateway
    from guardrail.gateways.pack_file import read_pack_file
    from guardrail.gateways.registry import FirewallMemoryGateway

    clients, name = client_factory("reconcile_pack"), settings.controller.removeprefix("https://")
    file = read_pack_file(clients, settings.pack_bucket, settings.pack_key, settings.pack_digest)
    kept = keeping.Keeping(
        controller=name,
        bound=file.bound,
        digest=file.digest,
        heal=settings.heal,
        window=settings.change_window,
        accept_controller_wide=settings.accept_controller_wide,
    )
    world = keeping.World(
        reconciler=_reconciler(settings, clients, file.ca_certificate, patience_seconds),
        memories=FirewallMemoryGateway(clients, settings.state_table, name),
        findings=DriftFindingsGateway(clients, settings.event_bus, settings.topic_arn),
    )
    return kept, world


def _reconciler(
    settings: ReconcileSettings, clients: Callable[[str], Client], ca_certificate: str, patience_seconds: int
) -> "reconciliation.World":
    from guardrail.flows import reconciliation
    from guardrail.gateways.controller.client import Controller
    from guardrail.gateways.controller.secret import SecretLogin
    from guardrail.gateways.controller_lease import ControllerLeaseGateway
    from guardrail.gateways.firewall import FirewallGateway
    from guardrail.gateways.pinned_login import PinnedLogin

    name = settings.controller.removeprefix("https://")
    login = PinnedLogin(SecretLogin(clients, settings.controller_secret), settings.controller, ca_certificate)
    return reconciliation.World(
        firewall=FirewallGateway(Controller(login)),
        engaged=SwitchesReader(clients, settings.switches_table, _now).engaged,
        evidence=EvidenceGateway(clients, settings.evidence_bucket),
        lease=ControllerLeaseGateway(clients, settings.state_table, name, _now, patience_seconds=patience_seconds),
        clock=_now,
    )


@cache
def back_out_world(settings: BackOutSettings, function_arn: str) -> "back_out_flow.World":
    """Return the world of `back_out`.

    Args:
        function_arn: Its own, without a qualifier: schedules call it back.
    """
    from guardrail.flows import back_out_world as flow
    from guardrail.gateways.announcements import AnnouncementsGateway
    from guardrail.gateways.calendar import CalendarGateway, CalledBack
    from guardrail.gateways.routes import RoutesGateway
    from guardrail.gateways.switch_board import SwitchBoardGateway

    clients = client_factory("back_out")
    back = CalledBack(settings.schedule_group, function_arn, settings.schedule_role_arn, settings.dead_letters_arn)
    controls = bool(settings.controller)
    return flow.World(
        place=flow.Place(settings.scopes, settings.gateways, settings.name_prefix),
        switches=SwitchBoardGateway(clients, settings.switches_table, _now),
        controller=_back_out_controller(settings, clients) if controls else None,
        routes=RoutesGateway(clients, settings.runtime_subnets) if settings.runtime_subnets else None,
        loops=_loops(settings, clients) if controls else None,
        calendar=CalendarGateway(clients, back),
        evidence=EvidenceGateway(clients, settings.evidence_bucket),
        announcements=AnnouncementsGateway(clients, settings.event_bus, settings.topic_arn),
        clock=_now,
        pause=time.sleep,
    )


def _back_out_controller(settings: BackOutSettings, clients: Callable[[str], Client]) -> "BackOutController":
    """The client logs in with the first call; one of the response's function never does."""
    from guardrail.gateways.back_out import BackOutGateway
    from guardrail.gateways.controller.client import Controller
    from guardrail.gateways.controller.secret import SecretLogin
    from guardrail.gateways.pack_file import read_pack_file
    from guardrail.gateways.pinned_login import PinnedLogin

    def connect(watcher: "Watcher") -> Controller:
        where = (settings.pack_bucket, settings.pack_key, settings.pack_digest)
        ca_certificate = read_pack_file(clients, *where).ca_certificate if all(where) else ""
        login = PinnedLogin(SecretLogin(clients, settings.controller_secret), settings.controller, ca_certificate)
        return Controller(login, watcher=watcher)

    return BackOutGateway(connect)


def _loops(settings: BackOutSettings, clients: Callable[[str], Client]) -> "ControllerLease":
    """The reconciler's own lease: who has it knows that no run is in the middle of its changes."""
    from guardrail.gateways.controller_lease import ControllerLeaseGateway

    return ControllerLeaseGateway(clients, settings.lease_table, settings.controller.removeprefix("https://"), _now)


def _now() -> datetime:
    return datetime.now(UTC)
