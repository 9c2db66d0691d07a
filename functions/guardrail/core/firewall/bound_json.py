"""A bound pack as JSON and back: what a stack ships beside a function that has no YAML and no files of its own."""

from collections.abc import Mapping
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.objects import (
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
from guardrail.core.firewall.pack import Mode, PolicyPack

VERSION = 1


def bound_document(bound: BoundPack) -> dict[str, Any]:
    """Return a bound pack as JSON values; expectations and `never` stay behind: they were proven before."""
    pack = bound.pack
    default = pack.default_action
    return {
        "version": VERSION,
        "prefix": bound.prefix,
        "mode": bound.mode.value,
        "manage_default_action": bound.manage_default_action,
        "attachment_point": bound.attachment_point,
        "spoke_gateway": bound.spoke_gateway,
        "name": pack.name,
        "max_deletes": pack.max_deletes,
        "inspected": pack.inspected,
        "smart_groups": {
            name: {"any": [dict(each) for each in group.selectors], "within": list(group.within)}
            for name, group in pack.smart_groups.items()
        },
        "web_groups": {name: {"sni": [*group.sni], "url": [*group.url]} for name, group in pack.web_groups.items()},
        "rules": [_rule_document(rule) for rule in pack.rules],
        "default_action": default and {"action": default.action.value, "logging": default.logging},
    }


def parse_bound(document: Any) -> BoundPack:
    """Read what `bound_document` returned.

    Raises:
        InvalidInput: It is something else, or another version's.
    """
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise InvalidInput("bound pack", f"a document of version {VERSION}")
    try:
        return _bound(document)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InvalidInput("bound pack", "what this version of the guardrail wrote") from None


def _bound(document: Mapping[str, Any]) -> BoundPack:
    smart, web = document["smart_groups"], document["web_groups"]
    default = document["default_action"]
    pack = PolicyPack(
        name=_text(document["name"]),
        max_deletes=int(document["max_deletes"]),
        inspected=_maybe(document["inspected"]),
        smart_groups={name: _smart_group(name, each) for name, each in smart.items()},
        web_groups={name: WebGroup(name, tuple(each["sni"]), tuple(each["url"])) for name, each in web.items()},
        rules=tuple(map(_rule, document["rules"])),
        default_action=default and DefaultAction(Action(default["action"]), bool(default["logging"])),
    )
    return BoundPack(
        pack=pack,
        prefix=_text(document["prefix"]),
        mode=Mode(document["mode"]),
        manage_default_action=document["manage_default_action"] is True,
        attachment_point=_maybe(document["attachment_point"]),
        spoke_gateway=_maybe(document["spoke_gateway"]),
    )


def _smart_group(name: str, document: Mapping[str, Any]) -> SmartGroup:
    selectors = tuple(tuple(sorted(each.items())) for each in document["any"])
    return SmartGroup(name, selectors, tuple(document["within"]))


def _rule_document(rule: Rule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "why": rule.why,
        "priority": rule.priority,
        "action": rule.action.value,
        "src": list(rule.src),
        "dst": list(rule.dst),
        "web": list(rule.web),
        "protocol": rule.protocol.value,
        "ports": [[each.lo, each.hi] for each in rule.ports],
        "decrypt": rule.decrypt.value,
        "app": rule.app.value,
        "logging": rule.logging,
        "enforcement": rule.enforcement.value,
        "tls_profile": rule.tls_profile,
    }


def _rule(document: Mapping[str, Any]) -> Rule:
    return Rule(
        name=_text(document["name"]),
        why=_text(document["why"]),
        priority=int(document["priority"]),
        action=Action(document["action"]),
        src=tuple(document["src"]),
        dst=tuple(document["dst"]),
        protocol=Protocol(document["protocol"]),
        web=tuple(document["web"]),
        ports=tuple(PortRange(int(lo), int(hi)) for lo, hi in document["ports"]),
        decrypt=Decrypt(document["decrypt"]),
        app=AppRequirement(document["app"]),
        logging=document["logging"] is True,
        enforcement=Enforcement(document["enforcement"]),
        tls_profile=_maybe(document["tls_profile"]),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _maybe(value: Any) -> str | None:
    return None if value is None else _text(value)
