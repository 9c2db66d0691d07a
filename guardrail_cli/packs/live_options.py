"""What `guardrail pack plan`, `apply` and `drift` have in common: how the pack is bound."""

from dataclasses import dataclass
from typing import Annotated

import typer

from guardrail.core.firewall.pack import Mode


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """How the pack is bound, and what is known of earlier ones."""

    bindings: Annotated[
        str,
        typer.Option("--bindings", metavar="FILE", help="The landing zone's values, YAML or JSON.", show_default=False),
    ]
    mode: Annotated[
        Mode | None,
        typer.Option("--mode", help="How much of the pack acts.", show_default="the bindings', else discover"),
    ] = None
    record: Annotated[
        str | None,
        typer.Option("--record", metavar="FILE", help="What earlier applies made, kept here.", show_default=False),
    ] = None


@dataclass(frozen=True, slots=True)
class Consent:
    """What somebody says yes to beforehand."""

    accept_controller_wide: Annotated[
        bool,
        typer.Option("--accept-controller-wide", help="The default action may become DENY for all gateways."),
    ] = False
    adopt: Annotated[
        list[str] | None,
        typer.Option("--adopt", metavar="NAME", help="This object is ours, and may be deleted.", show_default=False),
    ] = None


NO_CONSENT = Consent()
