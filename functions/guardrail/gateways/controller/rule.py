"""A DCF rule between the wire and us: one form on reading, whatever the version; the version's own on writing."""

from collections.abc import Mapping
from typing import Any

from guardrail.core.firewall.versions import ControllerVersion
from guardrail.gateways.controller.shape import Document, Unexpected, flag, number, object_, objects, text, texts
from guardrail.gateways.controller.shape import text_or_empty as maybe

ANY = "PROTOCOL_UNSPECIFIED"
_ANY = ("ANY", "PROTOCOL_ANY_UNSPECIFIED", ANY)
_LISTS = ("src_ads", "dst_ads", "web_filters")
_FLAGS = ("logging", "exclude_sg_orchestration", "system_resource")
_TEXTS = ("uuid", "tls_profile", "log_profile")
_DEFAULTS = {"flow_app_requirement": "APP_UNSPECIFIED", "decrypt_policy": "DECRYPT_UNSPECIFIED"}
_ENFORCEMENT = ("ENFORCE", "MONITOR", "DISABLE")


class ReadRule(dict[str, Any]):
    """A rule in our form that remembers what it was read from: sent back as it is, it is sent as it came."""

    __slots__ = ("came_as",)
    came_as: Document


def read_rule(document: Any) -> ReadRule:
    """Return a rule with every known member present, and unknown ones as they are.

    `protocol` any is `PROTOCOL_UNSPECIFIED`; a port range of one port has no `hi`; `watch` has become `enforcement`.
    """
    rule = ReadRule(object_(document))
    rule.came_as = document
    watch = flag(rule.pop("watch", None))
    rule["name"], rule["action"] = text(rule.get("name")), text(rule.get("action"))
    protocol = text(rule.get("protocol", ANY)).upper()
    rule["protocol"] = ANY if protocol in _ANY else protocol
    rule["priority"] = number(rule.get("priority"))
    rule |= {member: list(texts(rule.get(member))) for member in _LISTS}
    rule |= {member: flag(rule.get(member)) for member in _FLAGS}
    rule |= {member: maybe(rule.get(member)) for member in _TEXTS}
    rule |= {member: maybe(rule.get(member)) or default for member, default in _DEFAULTS.items()}
    rule["port_ranges"] = [_read_range(item) for item in objects(rule.get("port_ranges"))]
    rule["enforcement"] = maybe(rule.get("enforcement")) or ("MONITOR" if watch else "ENFORCE")
    if rule["enforcement"] not in _ENFORCEMENT:
        raise Unexpected
    return rule


def written_rule(rule: Document, version: ControllerVersion) -> dict[str, Any]:
    """Return a rule as this version takes it: without empty members, with `watch` or `enforcement`, never both.

    One that nobody changed since it was read is returned as it was read: it may be somebody else's.

    Raises:
        ValueError: The rule is disabled, which a version before 10.1 cannot express; it would be enforced.
    """
    if isinstance(rule, ReadRule) and _is_unchanged(rule, version):
        return _sent_back(rule)
    enforcement = rule.get("enforcement", "ENFORCE")
    written = {key: value for key, value in rule.items() if key not in ("enforcement", "watch", "system_resource")}
    for member in (*_LISTS[2:], "port_ranges", *_FLAGS, *_TEXTS, "metadata"):
        if not written.get(member):
            written.pop(member, None)
    written["src_ads"], written["dst_ads"] = list(rule.get("src_ads", ())), list(rule.get("dst_ads", ()))
    if version.has_enforcement:
        written["enforcement"] = enforcement
    elif enforcement == "DISABLE":
        raise ValueError("a rule that is disabled needs controller 10.1")
    elif enforcement == "MONITOR":
        written["watch"] = True
    return written


def _is_unchanged(rule: ReadRule, version: ControllerVersion) -> bool:
    """Say whether a rule is as it came, from a controller that speaks like this version."""
    return ("enforcement" in rule.came_as) is version.has_enforcement and rule == read_rule(rule.came_as)


def _sent_back(rule: ReadRule) -> dict[str, Any]:
    """Return a rule as it came, but for two spellings of the controller's that it does not take back.

    These are any protocol, and the `hi` of a single port, which makes 8.2, 9.0 and 10.0 find a rule without a name.
    """
    written = {key: value for key, value in rule.came_as.items() if key != "system_resource"}
    return written | {key: rule[key] for key in ("protocol", "port_ranges") if written.get(key)}


def _read_range(item: Mapping[str, Any]) -> dict[str, int]:
    lo, hi = number(item.get("lo")), number(item.get("hi"))
    return {"lo": lo} if hi in (0, lo) else {"lo": lo, "hi": hi}
