"""The world of `back_out`."""

import time
from collections.abc import Callable
from functools import cache

from guardrail.flows import back_out_world as flow
from guardrail.gateways.announcements import AnnouncementsGateway
from guardrail.gateways.aws import Client, client_factory
from guardrail.gateways.back_out import BackOutGateway
from guardrail.gateways.calendar import CalendarGateway, CalledBack
from guardrail.gateways.controller.calls import Watcher
from guardrail.gateways.controller.client import Controller
from guardrail.gateways.controller.secret import SecretLogin
from guardrail.gateways.controller_lease import ControllerLeaseGateway
from guardrail.gateways.evidence import EvidenceGateway
from guardrail.gateways.pack_file import read_pack_file
from guardrail.gateways.pinned_login import PinnedLogin
from guardrail.gateways.routes import RoutesGateway
from guardrail.gateways.switch_board import SwitchBoardGateway
from guardrail.ports.back_out import BackOutController
from guardrail.ports.firewall import ControllerLease
from guardrail.settings.back_out import BackOutSettings
from guardrail.world.clock import now


@cache
def back_out_world(settings: BackOutSettings, function_arn: str, *, exempts: bool = True) -> flow.World:
    """Return the world of `back_out`.

    Args:
        function_arn: Its own, without a qualifier: schedules call it back.
        exempts: Whether this caller may grant and revoke exemptions.
    """
    clients = client_factory("back_out")
    back = CalledBack(settings.schedule_group, function_arn, settings.schedule_role_arn, settings.dead_letters_arn)
    controls = bool(settings.controller)
    return flow.World(
        place=flow.Place(settings.scopes, settings.gateways, settings.name_prefix, exempts),
        switches=SwitchBoardGateway(clients, settings.switches_table, now),
        controller=_back_out_controller(settings, clients) if controls else None,
        routes=RoutesGateway(clients, settings.runtime_subnets) if settings.runtime_subnets else None,
        loops=_loops(settings, clients) if controls else None,
        calendar=CalendarGateway(clients, back),
        evidence=EvidenceGateway(clients, settings.evidence_bucket),
        announcements=AnnouncementsGateway(clients, settings.event_bus, settings.topic_arn),
        clock=now,
        pause=time.sleep,
    )


def _back_out_controller(settings: BackOutSettings, clients: Callable[[str], Client]) -> BackOutController:
    """The client logs in with the first call; one of the response's function never does."""

    def connect(watcher: Watcher) -> Controller:
        where = (settings.pack_bucket, settings.pack_key, settings.pack_digest)
        ca_certificate = read_pack_file(clients, *where).ca_certificate if all(where) else ""
        login = PinnedLogin(SecretLogin(clients, settings.controller_secret), settings.controller, ca_certificate)
        return Controller(login, watcher=watcher)

    return BackOutGateway(connect)


def _loops(settings: BackOutSettings, clients: Callable[[str], Client]) -> ControllerLease:
    """The reconciler's own lease: who has it knows that no run is in the middle of its changes."""
    return ControllerLeaseGateway(clients, settings.lease_table, settings.controller.removeprefix("https://"), now)
