"""The deployment's context (cdk.json, or `cdk deploy -c key=value`) -> typed properties, with a clear error."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.landing_zone import LandingZone, parse_landing_zone
from guardrail.core.runtimes.response import ResponseMode, parse_mode
from guardrail.core.runtimes.response_settings import parse_response_settings
from stacks.constructs.evidence_bucket import RetentionMode
from stacks.guardrail import ANY_PATH, GuardrailProps

_PATH = re.compile(r"/([\w+=,.@-]+/)*", re.ASCII)
MAX_ZONE_BYTES = 2_500
"""Lambda takes 4 KB of environment in all; the zone must leave room for the rest."""


def guardrail_props(context: Callable[[str], Any]) -> tuple[GuardrailProps, ...]:
    """Read one set of properties per landing zone.

    Args:
        context: Returns the value of a context key, or None.

    Raises:
        InvalidInput: A key is missing or of the wrong form, a zone does not fit, or two zones are of one account
            and Region.
    """
    zones = _zones(context("landing_zones"))
    places = [(zone.account, zone.region) for zone in zones]
    if len(set(places)) < len(places):
        raise InvalidInput("context landing_zones", "one zone for an account and Region")
    _names_zones("response_mode", "one mode, or modes", context("response_mode"), zones)
    _names_zones("alerts_key_arns", "ARNs of KMS keys", context("alerts_key_arns"), zones)
    return tuple(_props(zone, context) for zone in zones)


def _props(zone: LandingZone, context: Callable[[str], Any]) -> GuardrailProps:
    evidence = context("evidence") or {}
    mode, response = _mode(context("response_mode"), zone), dict(_response(context("response")))
    pass_role_path = _path(response.pop("pass_role_path", ANY_PATH))
    return GuardrailProps(
        zone=zone,
        mode=mode,
        response=parse_response_settings("context response", response),
        pass_role_path=pass_role_path,
        sweep_minutes=_integer("context sweep_minutes", context("sweep_minutes") or 60, 15, 24 * 60),
        evidence_mode=_retention_mode(evidence),
        evidence_days=_integer("context evidence.days", evidence.get("days", 30), 1, 36_500),
        operators=_arns("operator_role_arns", context),
        break_glass=_arns("break_glass_principals", context),
        alerts_key_arn=_alerts_key(context("alerts_key_arns"), zone),
        runtime=_runtime(str(context("lambda_runtime") or "python3.13")),
    )


def _mode(value: Any, zone: LandingZone) -> ResponseMode:
    """One mode for all zones, or one for each by account and Region; a zone that is not named is only observed."""
    if isinstance(value, Mapping):
        value = value.get(f"{zone.account}/{zone.region}")
    return parse_mode("context response_mode", str(value or ResponseMode.OBSERVE))


def _names_zones(key: str, expected: str, value: Any, zones: list[LandingZone]) -> None:
    known = {f"{zone.account}/{zone.region}" for zone in zones}
    if isinstance(value, Mapping) and set(value) - known:
        raise InvalidInput(f"context {key}", f"{expected} by ACCOUNT/REGION of the landing zones")


def _alerts_key(value: Any, zone: LandingZone) -> str | None:
    where, place = "context alerts_key_arns", f"{zone.account}/{zone.region}"
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise InvalidInput(where, "ARNs of KMS keys by ACCOUNT/REGION of the landing zones")
    return alerts_key(f"{where}[{place}]", value.get(place), zone.region)


def alerts_key(where: str, value: Any, region: str) -> str | None:
    """Read which KMS key a topic has; None for none.

    Raises:
        InvalidInput: It is not the whole ARN of a key, or the key is in another Region than the topic.
    """
    form = rf"arn:[\w-]+:kms:{re.escape(region)}:\d{{12}}:key/[\w-]+"
    if value is not None and (not isinstance(value, str) or not re.fullmatch(form, value, re.ASCII)):
        raise InvalidInput(where, "the ARN of a KMS key, not of an alias, in the Region of the topic")
    return value


def _response(value: Any) -> Mapping[str, Any]:
    if value is not None and not isinstance(value, Mapping):
        raise InvalidInput("context response", "an object")
    return value or {}


def _path(value: Any) -> str:
    """The path of the roles that runtimes run as; an update passes them on, to AgentCore only."""
    if not isinstance(value, str) or not _PATH.fullmatch(value):
        raise InvalidInput("context response.pass_role_path", "a path of roles such as /agents/, or / for any role")
    return value


def _zones(value: Any) -> list[LandingZone]:
    values = value if isinstance(value, list) else [value]
    if not value or not values:
        raise InvalidInput("context landing_zones", "a list of zones, each an object or the path of a JSON file")
    return [_zone(f"context landing_zones[{position}]", each) for position, each in enumerate(values)]


def _zone(where: str, value: Any) -> LandingZone:
    if isinstance(value, str):
        where, value = value, _read(value)
    try:
        zone = parse_landing_zone(value)
    except InvalidInput as error:
        raise InvalidInput(f"{where}: {error.where}", error.expected) from None
    size = len(json.dumps(zone.document()))
    if size > MAX_ZONE_BYTES:
        raise InvalidInput(where, f"a zone of at most {MAX_ZONE_BYTES} bytes as JSON, it has {size}")
    return zone


def _read(path: str) -> Any:
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(path, f"a readable JSON file ({type(error).__name__})") from None


def _retention_mode(evidence: Mapping[str, Any]) -> RetentionMode:
    mode = str(evidence.get("mode", RetentionMode.GOVERNANCE)).upper()
    if mode not in list(RetentionMode):
        raise InvalidInput("context evidence.mode", " or ".join(RetentionMode))
    return RetentionMode(mode)


def _integer(where: str, value: Any, least: int, most: int) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = least - 1
    if not least <= number <= most:
        raise InvalidInput(where, f"an integer from {least} to {most}")
    return number


def _arns(key: str, context: Callable[[str], Any]) -> tuple[str, ...]:
    value = context(key) or []
    if not isinstance(value, list) or not all(isinstance(each, str) and each.startswith("arn:") for each in value):
        raise InvalidInput(f"context {key}", "a list of ARNs")
    return tuple(value)


def _runtime(name: str) -> str:
    if name not in ("python3.11", "python3.12", "python3.13", "python3.14"):
        raise InvalidInput("context lambda_runtime", "python3.11 to python3.14")
    return name
