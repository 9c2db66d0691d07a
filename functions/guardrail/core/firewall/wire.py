"""A desired state as a controller takes it: request bodies of app-domains, the V1 list and policy-list3."""

from collections.abc import Mapping
from typing import Any

from guardrail.core.firewall.compile import DesiredState
from guardrail.core.firewall.objects import (
    SYSTEM_GROUPS,
    AppRequirement,
    DefaultAction,
    Enforcement,
    PortRange,
    Protocol,
    Rule,
    SmartGroup,
    WebGroup,
)
from guardrail.core.firewall.versions import ControllerVersion

ATTACHMENT_POINTS = {
    "TERRAFORM_BEFORE_UI_MANAGED": "defa11a1-3000-4001-0000-000000000000",
    "TERRAFORM_AFTER_UI_MANAGED": "defa11a1-3000-4002-0000-000000000000",
}
"""Uuids of the attachment points that every controller with rulesets has; 8.2 answers the question for them wrongly."""
FIRST_ATTACHMENT_POINT = "TERRAFORM_BEFORE_UI_MANAGED"

_PROTOCOL = {protocol: protocol.value for protocol in Protocol} | {Protocol.ANY: "PROTOCOL_UNSPECIFIED"}
_APP = {requirement: requirement.value for requirement in AppRequirement} | {
    AppRequirement.UNSPECIFIED: "APP_UNSPECIFIED"
}


def smart_group_body(group: SmartGroup) -> dict[str, Any]:
    """Return the body that creates or replaces a smart group."""
    return _group_body(group.name, [dict(selector) for selector in group.selectors])


def web_group_body(group: WebGroup) -> dict[str, Any]:
    """Return the body that creates or replaces a web group."""
    names = [{"snifilter": name} for name in group.sni]
    return _group_body(group.name, names or [{"urlfilter": url} for url in group.url])


def policy_list_body(desired: DesiredState, uuids: Mapping[str, str], version: ControllerVersion) -> dict[str, Any]:
    """Return our part of the body that replaces the V1 list.

    Args:
        uuids: Of our groups, by name. The controller's own are known here.
    """
    return {"policies": [policy_body(rule, uuids, version) for rule in desired.rules]}


def ruleset_body(
    desired: DesiredState, uuids: Mapping[str, str], version: ControllerVersion, attach_to: str
) -> dict[str, Any]:
    """Return the body that creates our ruleset.

    Args:
        uuids: Of our groups, by name.
        attach_to: Uuid of the attachment point.
    """
    return {"attach_to": attach_to, "name": desired.ruleset, **policy_list_body(desired, uuids, version)}


def default_action_body(default: DefaultAction) -> dict[str, Any]:
    """Return the body that replaces the default action; all three keys are always sent."""
    return {"action": default.action.value, "logging": default.logging, "log_profile": ""}


def _group_body(name: str, expressions: list[dict[str, str]]) -> dict[str, Any]:
    return {"name": name, "selector": {"any": [{"all": each} for each in expressions]}}


def policy_body(rule: Rule, uuids: Mapping[str, str], version: ControllerVersion) -> dict[str, Any]:
    """Return one rule as this version takes it. What is false or empty is not sent; a single port has no `hi`."""
    body: dict[str, Any] = {
        "name": rule.name,
        "action": rule.action.value,
        "src_ads": [_uuid(name, uuids) for name in rule.src],
        "dst_ads": [_uuid(name, uuids) for name in rule.dst],
        "priority": rule.priority,
        "protocol": _PROTOCOL[rule.protocol],
        "flow_app_requirement": _APP[rule.app],
        "decrypt_policy": f"DECRYPT_{rule.decrypt}",
    }
    optional = {
        "web_filters": [_uuid(name, uuids) for name in rule.web],
        "port_ranges": [_port_range(each) for each in rule.ports],
        "logging": rule.logging,
        "tls_profile": rule.tls_profile,
        **_enforcement(rule.enforcement, version),
    }
    return body | {key: value for key, value in optional.items() if value}


def _uuid(name: str, uuids: Mapping[str, str]) -> str:
    return uuids[name] if name in uuids else SYSTEM_GROUPS[name]


def _port_range(ports: PortRange) -> dict[str, int]:
    return {"lo": ports.lo} if ports.lo == ports.hi else {"lo": ports.lo, "hi": ports.hi}


def _enforcement(enforcement: Enforcement, version: ControllerVersion) -> dict[str, Any]:
    if version.has_enforcement:
        return {"enforcement": enforcement.value}
    return {"watch": enforcement is Enforcement.MONITOR}
