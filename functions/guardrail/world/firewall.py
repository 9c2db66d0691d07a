"""The world of `reconcile_pack`."""

from collections.abc import Callable
from functools import cache

from guardrail.flows import keeping, reconciliation
from guardrail.gateways.aws import Client, client_factory
from guardrail.gateways.controller.client import Controller
from guardrail.gateways.controller.secret import SecretLogin
from guardrail.gateways.controller_lease import ControllerLeaseGateway
from guardrail.gateways.drift_findings import DriftFindingsGateway
from guardrail.gateways.evidence import EvidenceGateway
from guardrail.gateways.firewall import FirewallGateway
from guardrail.gateways.pack_file import read_pack_file
from guardrail.gateways.pinned_login import PinnedLogin
from guardrail.gateways.registry import FirewallMemoryGateway
from guardrail.gateways.switches import SwitchesReader
from guardrail.settings.firewall import ReconcileSettings
from guardrail.world.clock import now


@cache
def firewall_world(settings: ReconcileSettings, patience_seconds: int) -> tuple[keeping.Keeping, keeping.World]:
    """Return what `reconcile_pack` is to keep, and its world.

    Args:
        patience_seconds: How long to wait for another run that has the controller's lease.
    """
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
) -> reconciliation.World:

    name = settings.controller.removeprefix("https://")
    login = PinnedLogin(SecretLogin(clients, settings.controller_secret), settings.controller, ca_certificate)
    return reconciliation.World(
        firewall=FirewallGateway(Controller(login)),
        engaged=SwitchesReader(clients, settings.switches_table, now).engaged,
        evidence=EvidenceGateway(clients, settings.evidence_bucket),
        lease=ControllerLeaseGateway(clients, settings.state_table, name, now, patience_seconds=patience_seconds),
        clock=now,
    )
