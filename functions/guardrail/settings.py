"""The environment of a function, read once, with a clear error."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.change_window import ChangeWindow, parse_change_window
from guardrail.core.runtimes.landing_zone import LandingZone, parse_landing_zone
from guardrail.core.runtimes.response import ResponseMode, parse_mode
from guardrail.core.runtimes.response_settings import ResponseSettings, parse_response_settings
from guardrail.core.switch import Scope


@dataclass(frozen=True, slots=True)
class VerifySettings:
    """What `verify_runtime` is told by its environment."""

    zone: LandingZone
    mode: ResponseMode
    response: ResponseSettings
    role_arn: str
    state_table: str
    switches_table: str
    queue_url: str
    dead_letter_queue_url: str
    evidence_bucket: str
    event_bus: str
    topic_arn: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "VerifySettings":
        """Read LANDING_ZONE and RESPONSE (JSON), RESPONSE_MODE and the names of what the stack made.

        Raises:
            InvalidInput: A variable is missing or of the wrong form.
        """
        return cls(
            zone=_zone(_required(environ, "LANDING_ZONE")),
            mode=parse_mode("RESPONSE_MODE", _required(environ, "RESPONSE_MODE")),
            response=_response(_required(environ, "RESPONSE")),
            role_arn=_required(environ, "ROLE_ARN"),
            state_table=_required(environ, "STATE_TABLE"),
            switches_table=_required(environ, "SWITCHES_TABLE"),
            queue_url=_required(environ, "QUEUE_URL"),
            dead_letter_queue_url=_required(environ, "DEAD_LETTER_QUEUE_URL"),
            evidence_bucket=_required(environ, "EVIDENCE_BUCKET"),
            event_bus=_required(environ, "EVENT_BUS"),
            topic_arn=_required(environ, "TOPIC_ARN"),
        )


@dataclass(frozen=True, slots=True)
class SweepSettings:
    """What `sweep_runtimes` is told by its environment."""

    state_table: str
    queue_url: str
    evidence_bucket: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "SweepSettings":
        """Read the names of the queue, of the table and of the bucket.

        Raises:
            InvalidInput: A variable is missing.
        """
        return cls(
            state_table=_required(environ, "STATE_TABLE"),
            queue_url=_required(environ, "QUEUE_URL"),
            evidence_bucket=_required(environ, "EVIDENCE_BUCKET"),
        )


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
            controller=_required(environ, "CONTROLLER"),
            controller_secret=_required(environ, "CONTROLLER_SECRET"),
            pack_bucket=_required(environ, "PACK_BUCKET"),
            pack_key=_required(environ, "PACK_KEY"),
            pack_digest=_required(environ, "PACK_DIGEST"),
            heal=_flag(environ, "HEAL"),
            accept_controller_wide=_flag(environ, "ACCEPT_CONTROLLER_WIDE"),
            change_window=None if window is None else _window(window),
            state_table=_required(environ, "STATE_TABLE"),
            switches_table=_required(environ, "SWITCHES_TABLE"),
            evidence_bucket=_required(environ, "EVIDENCE_BUCKET"),
            event_bus=_required(environ, "EVENT_BUS"),
            topic_arn=_required(environ, "TOPIC_ARN"),
        )


@dataclass(frozen=True, slots=True)
class BackOutSettings:
    """What `back_out` is told by its environment.

    Attributes:
        scopes: What it can back out.
        controller, controller_secret: Address and secret; "" where there is no controller to back out.
        runtime_subnets: Whose route tables prove what happened; without any, what the controller says is not proven.
        lease_table: Table with the reconciler's lease; "" where there is no controller.
        pack_bucket, pack_key, pack_digest: The file with the CA to trust; "" where the secret has it.
    """

    scopes: tuple[Scope, ...]
    switches_table: str
    evidence_bucket: str
    event_bus: str
    topic_arn: str
    schedule_group: str
    schedule_role_arn: str
    dead_letters_arn: str
    controller: str = ""
    controller_secret: str = ""
    name_prefix: str = ""
    gateways: tuple[str, ...] = ()
    runtime_subnets: tuple[str, ...] = ()
    lease_table: str = ""
    pack_bucket: str = ""
    pack_key: str = ""
    pack_digest: str = ""

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "BackOutSettings":
        """Read SCOPES and the names of what the stack made; with a scope other than response, also the controller's.

        Raises:
            InvalidInput: A variable is missing or of the wrong form.
        """
        scopes = _list(environ, "SCOPES")
        if not set(scopes) <= set(Scope):
            raise InvalidInput("environment variable SCOPES", ", ".join(Scope))
        controls = set(scopes) != {Scope.RESPONSE.value}
        return cls(
            scopes=tuple(Scope(scope) for scope in scopes),
            switches_table=_required(environ, "SWITCHES_TABLE"),
            evidence_bucket=_required(environ, "EVIDENCE_BUCKET"),
            event_bus=_required(environ, "EVENT_BUS"),
            topic_arn=_required(environ, "TOPIC_ARN"),
            schedule_group=_required(environ, "SCHEDULE_GROUP"),
            schedule_role_arn=_required(environ, "SCHEDULE_ROLE_ARN"),
            dead_letters_arn=_required(environ, "DEAD_LETTERS_ARN"),
            controller=_required(environ, "CONTROLLER") if controls else "",
            controller_secret=_required(environ, "CONTROLLER_SECRET") if controls else "",
            name_prefix=_required(environ, "NAME_PREFIX") if Scope.POLICY in scopes else "",
            gateways=_list(environ, "GATEWAYS") if Scope.INSERTION in scopes else (),
            runtime_subnets=_texts(environ.get("RUNTIME_SUBNETS", "")),
            lease_table=_required(environ, "LEASE_TABLE") if controls else "",
            pack_bucket=environ.get("PACK_BUCKET", ""),
            pack_key=environ.get("PACK_KEY", ""),
            pack_digest=environ.get("PACK_DIGEST", ""),
        )


def _list(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    return _texts(_required(environ, name))


def _texts(text: str) -> tuple[str, ...]:
    return tuple(each for each in text.split(",") if each)


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise InvalidInput(f"environment variable {name}", "a value; the stack sets it")
    return value


def _zone(text: str) -> LandingZone:
    return parse_landing_zone(_json("LANDING_ZONE", text))


def _response(text: str) -> ResponseSettings:
    return parse_response_settings("environment variable RESPONSE", _json("RESPONSE", text))


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise InvalidInput(f"environment variable {name}", "JSON") from None


def _flag(environ: Mapping[str, str], name: str) -> bool:
    value = _required(environ, name)
    if value not in ("true", "false"):
        raise InvalidInput(f"environment variable {name}", "true or false")
    return value == "true"


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
