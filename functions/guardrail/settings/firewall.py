"""What `reconcile_pack` is told."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.change_window import ChangeWindow, parse_change_window
from guardrail.core.firewall.response_place import ResponsePlace
from guardrail.settings.environment import flag, required


@dataclass(frozen=True, slots=True)
class ReconcileSettings:
    """What `reconcile_pack` is told by its environment.

    Attributes:
        controller: Its https address.
        pack_digest: Of the file with the bound pack.
        change_window: When healing may let more through; None for always.
    """

    controller: str
    controller_secret: str
    pack_bucket: str
    pack_key: str
    pack_digest: str
    heal: bool
    accept_controller_wide: bool
    change_window: ChangeWindow | None
    state_table: str
    switches_table: str
    evidence_bucket: str
    event_bus: str
    topic_arn: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "ReconcileSettings":
        """Read where everything is; CHANGE_WINDOW (JSON) may be missing.

        Raises:
            InvalidInput: Another variable is missing, or one is of the wrong form.
        """
        window = environ.get("CHANGE_WINDOW")
        return cls(
            controller=required(environ, "CONTROLLER"),
            controller_secret=required(environ, "CONTROLLER_SECRET"),
            pack_bucket=required(environ, "PACK_BUCKET"),
            pack_key=required(environ, "PACK_KEY"),
            pack_digest=required(environ, "PACK_DIGEST"),
            heal=flag(environ, "HEAL"),
            accept_controller_wide=flag(environ, "ACCEPT_CONTROLLER_WIDE"),
            change_window=None if window is None else _window(window),
            state_table=required(environ, "STATE_TABLE"),
            switches_table=required(environ, "SWITCHES_TABLE"),
            evidence_bucket=required(environ, "EVIDENCE_BUCKET"),
            event_bus=required(environ, "EVENT_BUS"),
            topic_arn=required(environ, "TOPIC_ARN"),
        )


def response_place(environ: Mapping[str, str]) -> ResponsePlace:
    """Read where CloudFormation's answers go: Lambda sets AWS_REGION, and nobody but the lab AWS_ENDPOINT_URL.

    Raises:
        InvalidInput: AWS_REGION is missing.
    """
    return ResponsePlace(required(environ, "AWS_REGION"), environ.get("AWS_ENDPOINT_URL", ""))


def _window(text: str) -> ChangeWindow:
    try:
        document = json.loads(text)
    except ValueError:
        raise InvalidInput("environment variable CHANGE_WINDOW", "JSON") from None
    return parse_change_window("environment variable CHANGE_WINDOW", document, _zone_named)


def _zone_named(name: str) -> tzinfo | None:
    """Find a time zone. UTC is known everywhere; others need the tz database, which a Lambda runtime may lack."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # a directory, a path, no such zone
        return None
