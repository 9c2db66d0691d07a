"""What a controller answers, read back into a desired state, however its version spells it."""

from collections.abc import Mapping
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.compile import DesiredState
from guardrail.core.firewall.objects import (
    SYSTEM_GROUPS,
    Action,
    AppRequirement,
    Decrypt,
    DefaultAction,
    Enforcement,
    PortRange,
    Protocol,
    Rule,
    SmartGroup,
    WebGroup,
)

_ANY = ("PROTOCOL_UNSPECIFIED", "PROTOCOL_ANY_UNSPECIFIED", "ANY")
_SYSTEM_NAMES = {uuid: name for name, uuid in SYSTEM_GROUPS.items()}


def parse_state(
    ruleset: str, groups: list[dict[str, Any]], policies: list[dict[str, Any]], default: dict[str, Any]
) -> DesiredState:
    """Read the objects of one owner.

    Args:
        ruleset: The name of the ruleset.
        groups: Elements of app-domains, each with its `uuid`.
        policies: Rules of the V1 list or of the ruleset.

    Raises:
        InvalidInput: One is not of a form that the contract has.
    """
    names = {group["uuid"]: group["name"] for group in groups} | _SYSTEM_NAMES
    web = [group for group in groups if is_web_group(group)]
    smart = [group for group in groups if not is_web_group(group)]
    return DesiredState(
        ruleset=ruleset,
        smart_groups=tuple(sorted(map(parse_smart_group, smart), key=lambda group: group.name)),
        web_groups=tuple(sorted(map(parse_web_group, web), key=lambda group: group.name)),
        rules=tuple(sorted((parse_policy(each, names) for each in policies), key=lambda rule: rule.priority)),
        default_action=DefaultAction(Action(default["action"]), bool(default.get("logging"))),
    )


def parse_smart_group(body: Mapping[str, Any]) -> SmartGroup:
    """Read a smart group; values that are no strings are no selectors."""
    return SmartGroup(body["name"], tuple(_selector(each) for each in _expressions(body)))


def parse_web_group(body: Mapping[str, Any]) -> WebGroup:
    """Read a web group."""
    pairs = [pair for each in _expressions(body) for pair in _selector(each)]
    return WebGroup(
        body["name"],
        sni=tuple(value for key, value in pairs if key == "snifilter"),
        url=tuple(value for key, value in pairs if key == "urlfilter"),
    )


def parse_policy(body: Mapping[str, Any], names: Mapping[str, str]) -> Rule:
    """Read a rule; every absent field has the value that its absence stands for.

    Args:
        names: Names of groups by uuid; a uuid that is unknown stays itself.

    Raises:
        InvalidInput: A word is none that we know.
    """
    try:
        return Rule(
            name=body["name"],
            why="",
            priority=body.get("priority", 0),
            action=Action(body["action"]),
            src=_named(body, "src_ads", names),
            dst=_named(body, "dst_ads", names),
            protocol=_protocol(body),
            web=_named(body, "web_filters", names),
            ports=tuple(_ports(each) for each in body.get("port_ranges") or ()),
            decrypt=Decrypt(body.get("decrypt_policy", "DECRYPT_UNSPECIFIED").removeprefix("DECRYPT_")),
            app=AppRequirement(body.get("flow_app_requirement", "UNSPECIFIED").removeprefix("APP_")),
            logging=bool(body.get("logging")),
            enforcement=_enforcement(body),
            tls_profile=body.get("tls_profile") or None,
        )
    except (KeyError, ValueError, TypeError) as error:
        raise InvalidInput("policy", f"a rule of a known form ({type(error).__name__})") from error


def _expressions(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [each.get("all") or {} for each in (body.get("selector") or {}).get("any") or ()]


def _selector(expression: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((key, value) for key, value in expression.items() if isinstance(value, str)))


def is_web_group(body: Mapping[str, Any]) -> bool:
    """Say whether an element of app-domains holds names or URLs."""
    return any(key in ("snifilter", "urlfilter") for each in _expressions(body) for key in each)


def _named(body: Mapping[str, Any], key: str, names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names.get(uuid, uuid) for uuid in body.get(key) or ())


def _protocol(body: Mapping[str, Any]) -> Protocol:
    word = body.get("protocol", _ANY[0])
    return Protocol.ANY if word in _ANY else Protocol(word)


def _ports(body: Mapping[str, Any]) -> PortRange:
    """Read a range; `hi` may be absent, zero, or equal to `lo` for a single port."""
    low = body["lo"]
    return PortRange(low, body.get("hi") or low)


def _enforcement(body: Mapping[str, Any]) -> Enforcement:
    if body.get("enforcement"):
        return Enforcement(body["enforcement"])
    return Enforcement.MONITOR if body.get("watch") else Enforcement.ENFORCE
