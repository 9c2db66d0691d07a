"""The context's `firewall` -> which controller is kept as which pack says, and how much of that by itself."""

import re
import ssl
from collections.abc import Callable, Mapping
from datetime import tzinfo
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.change_window import parse_change_window
from stacks.constructs.private_network import PrivateNetwork
from stacks.firewall import FirewallProps
from stacks.guardrail import GuardrailProps
from stacks.settings import alerts_key

WHERE = "context firewall"
NEEDED = ("controller", "secret_arn", "policy_pack")
KEYS = (
    *NEEDED, "account", "region", "ca", "spoke_gateway", "schedule_minutes", "heal", "change_window",
    "accept_controller_wide", "secret_key_arn", "alerts_key_arn", "vpc", "break_glass_principals",
)  # fmt: skip
_PACK_KEYS = {"directory", "bindings"}
_SECRET = re.compile(r"arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+", re.ASCII)
_KEY = re.compile(r"arn:[\w-]+:kms:[\w-]+:\d{12}:key/[\w-]+", re.ASCII)
_ACCOUNT, _REGION = re.compile(r"\d{12}", re.ASCII), re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+", re.ASCII)
_SUBNET, _SECURITY_GROUP = re.compile(r"subnet-[0-9a-f]+", re.ASCII), re.compile(r"sg-[0-9a-f]+", re.ASCII)
_NAME = re.compile(r"[\w.-]{1,63}", re.ASCII)
_MOST_MINUTES = 8 * 60
"""Three runs have to fit into the day over which CloudWatch evaluates an alarm."""


def firewall(context: Callable[[str], Any], first: GuardrailProps) -> FirewallProps | None:
    """Read what is to be kept on a controller; None while the context has no `firewall`.

    Args:
        first: The first landing zone's decisions; account, Region, evidence and runtime are theirs unless said.

    Raises:
        InvalidInput: A key is missing, unknown or of the wrong form.
    """
    decided = context("firewall")
    if decided is None:
        return None
    if not isinstance(decided, Mapping) or set(decided) - set(KEYS) or set(NEEDED) - set(decided):
        optional = ", ".join(key for key in KEYS if key not in NEEDED)
        raise InvalidInput(WHERE, f"an object with {', '.join(NEEDED)}, and none but these beside them: {optional}")
    pack = _pack_paths(decided["policy_pack"])
    region = _matching(decided, "region", _REGION, "a Region such as us-east-1", first.zone.region) or ""
    return FirewallProps(
        account=_matching(decided, "account", _ACCOUNT, "12 digits", first.zone.account) or "",
        region=region,
        controller=_controller(decided["controller"]),
        secret_arn=_matching(decided, "secret_arn", _SECRET, "the whole ARN of a secret") or "",
        secret_key_arn=_matching(decided, "secret_key_arn", _KEY, "the ARN of a KMS key"),
        alerts_key_arn=alerts_key(f"{WHERE}.alerts_key_arn", decided.get("alerts_key_arn"), region),
        ca_certificate=_certificate(decided.get("ca")),
        spoke_gateway=_matching(decided, "spoke_gateway", _NAME, "the name of a gateway"),
        pack_directory=Path(pack["directory"]) if "directory" in pack else None,
        bindings=Path(pack["bindings"]),
        runtime_subnets=first.zone.subnets,
        break_glass=_arns(decided.get("break_glass_principals", [])),
        schedule_minutes=_minutes(decided.get("schedule_minutes", 15)),
        heal=_flag(decided, "heal"),
        accept_controller_wide=_flag(decided, "accept_controller_wide"),
        change_window=_change_window(decided.get("change_window")),
        network=_network(decided.get("vpc")),
        evidence_mode=first.evidence_mode,
        evidence_days=first.evidence_days,
        runtime=first.runtime,
    )


def _controller(value: Any) -> str:
    """Return an https address without a slash at the end; a bare host gets the scheme."""
    text = str(value) if "://" in str(value) else f"https://{value}"
    try:
        parts = urlsplit(text)
        plain = parts.hostname and parts.username is None and parts.port != 0
    except ValueError:
        plain = False
    if not plain or parts.scheme != "https" or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise InvalidInput(f"{WHERE}.controller", "a host, or https://HOST or https://HOST:PORT, nothing else")
    return text.rstrip("/")


def _certificate(value: Any) -> str:
    """Return the PEM text: the value itself, or that of the file that it names."""
    if value is None:
        return ""
    where, text = f"{WHERE}.ca", str(value)
    try:
        text = text if "-----BEGIN" in text else Path(text).read_text(encoding="ascii")
        ssl.create_default_context(cadata=text)
    except (OSError, ValueError):
        raise InvalidInput(where, "PEM certificates, or the path of a readable file with them") from None
    return text


def _pack_paths(named: Any) -> Mapping[str, str]:
    where = f"{WHERE}.policy_pack"
    if not isinstance(named, Mapping) or not all(isinstance(path, str) for path in named.values()):
        raise InvalidInput(where, "an object with bindings, and with directory if it is not the shipped pack")
    if set(named) - _PACK_KEYS or "bindings" not in named:
        raise InvalidInput(where, "bindings, the path of your own (the example's are nobody's), and perhaps directory")
    return named


def _change_window(value: Any) -> Mapping[str, Any] | None:
    if value is not None:
        parse_change_window(f"{WHERE}.change_window", value, _zone_named)
        return dict(value)
    return None


def _zone_named(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # a directory, a path, no such zone
        return None


def _network(value: Any) -> PrivateNetwork | None:
    if value is None:
        return None
    if not isinstance(value, Mapping) or set(value) != {"subnets", "security_groups"}:
        raise InvalidInput(f"{WHERE}.vpc", "an object with subnets and security_groups")
    found = {}
    for key, form in (("subnets", _SUBNET), ("security_groups", _SECURITY_GROUP)):
        ids = value[key]
        if not isinstance(ids, list) or not ids or not all(isinstance(e, str) and form.fullmatch(e) for e in ids):
            raise InvalidInput(f"{WHERE}.vpc.{key}", "a list of ids, at least one")
        found[key] = tuple(ids)
    return PrivateNetwork(found["subnets"], found["security_groups"])


def _arns(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) and each.startswith("arn:") for each in value):
        raise InvalidInput(f"{WHERE}.break_glass_principals", "a list of ARNs of roles or users")
    return tuple(value)


def _minutes(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).isdecimal():
        value = 0
    if not 5 <= int(value) <= _MOST_MINUTES:
        raise InvalidInput(f"{WHERE}.schedule_minutes", f"a whole number from 5 to {_MOST_MINUTES}")
    return int(value)


def _matching(
    decided: Mapping[str, Any], key: str, form: re.Pattern[str], expected: str, default: str | None = None
) -> str | None:
    value = decided.get(key, default)
    if value is not None and (not isinstance(value, str) or not form.fullmatch(value)):
        raise InvalidInput(f"{WHERE}.{key}", expected)
    return value


def _flag(decided: Mapping[str, Any], key: str) -> bool:
    value = decided.get(key, False)
    if not isinstance(value, bool):
        raise InvalidInput(f"{WHERE}.{key}", "true or false")
    return value
