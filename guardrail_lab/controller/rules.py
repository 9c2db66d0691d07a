"""A rule: checked when it comes, kept in one form, shown in the form of the emulated version."""

from collections.abc import Collection
from typing import Any

from guardrail_lab.controller.groups import kind_known
from guardrail_lab.controller.refusal import Refusal, invalid
from guardrail_lab.controller.release import Release
from guardrail_lab.controller.reserved import LOG_PROFILES
from guardrail_lab.controller.simulation import Simulation
from guardrail_lab.controller.world import Document

_ENUMS = {
    "action": ("PERMIT", "DENY", "INTRUSION_DETECTION_PERMIT"),
    "protocol": ("TCP", "UDP", "ICMP", "PROTOCOL_UNSPECIFIED"),
    "flow_app_requirement": ("APP_UNSPECIFIED", "TLS_REQUIRED", "NOT_TLS_REQUIRED"),
    "decrypt_policy": ("DECRYPT_UNSPECIFIED", "DECRYPT_ALLOWED", "DECRYPT_NOT_ALLOWED"),
    "enforcement": ("ENFORCE", "MONITOR", "DISABLE"),
    "egress_path": ("EGRESS_PATH_DEFAULT", "EGRESS_PATH_LOCAL"),
}
_SINCE = {"tls_profile": "8.0", "log_profile": "8.2", "enforcement": "10.1", "egress_path": "10.1"}
_FLAGS = ("logging", "watch", "exclude_sg_orchestration")
_TEXTS = ("uuid", "tls_profile", "log_profile")
_KEPT_AS_THEY_ARE = ("metadata", "ruleset", "ruleset_name", "nested_rules", "desc")
MAX_RANGES = 64


def kept_rules(sim: Simulation, documents: Any, uuids: Collection[str]) -> list[Document]:
    """Check a list of rules and return them as they are kept; system rules in it are passed over.

    Args:
        uuids: Those of the rules that are being replaced; another uuid is not taken over.

    Raises:
        Refusal: A rule is not as it should be.
    """
    if not isinstance(documents, list) or not all(isinstance(document, dict) for document in documents):
        raise invalid("policies must be a list of objects")
    rules = [_kept(sim, document, uuids) for document in documents if document.get("system_resource") is not True]
    given = [rule["uuid"] for rule in rules]
    if len(set(given)) < len(given):
        raise invalid("two policies have the same uuid")
    return rules


def shown_rule(rule: Document, release: Release) -> Document:
    """Return a rule as this version shows it: nothing that is empty, `watch` or `enforcement`."""
    shown = {key: value for key, value in rule.items() if value and key != "enforcement"}
    shown["protocol"] = rule["protocol"]
    if rule["protocol"] == "PROTOCOL_UNSPECIFIED" and release.major == 8:
        shown["protocol"] = "PROTOCOL_ANY_UNSPECIFIED"
    if release.has("10.1"):
        shown["enforcement"] = rule["enforcement"]
    elif rule["enforcement"] == "MONITOR":
        shown["watch"] = True
    return shown


def _kept(sim: Simulation, document: Document, uuids: Collection[str]) -> Document:
    known = {key: value for key, value in document.items() if sim.release.has(_SINCE.get(key, "0.0"))}
    rule: Document = {key: known[key] for key in _KEPT_AS_THEY_ARE if known.get(key)}
    rule["name"] = _text(known, "name")
    if not rule["name"]:
        raise invalid("name is required")
    rule |= {key: _flag(known, key) for key in _FLAGS} | {key: _text(known, key) for key in _TEXTS}
    rule |= {key: _enum(known, key) for key in _ENUMS if key in known or key in ("action", "protocol")}
    rule["priority"] = _number(known, "priority")
    rule["src_ads"], rule["dst_ads"] = (_groups(sim, known, key, web=False) for key in ("src_ads", "dst_ads"))
    rule["web_filters"] = _groups(sim, known, "web_filters", web=True)
    rule["port_ranges"] = _ranges(known.get("port_ranges"), rule["protocol"])
    rule["enforcement"] = rule.get("enforcement") or ("MONITOR" if rule["watch"] else "ENFORCE")
    if rule["log_profile"] and rule["log_profile"] not in LOG_PROFILES.values():
        raise invalid("log_profile does not exist")
    rule["uuid"] = rule["uuid"] if rule["uuid"] in uuids else sim.new_uuid()
    del rule["watch"]
    return rule


def _text(document: Document, key: str) -> str:
    value = document.get(key)
    if value is not None and not isinstance(value, str):
        raise invalid(f"{key} must be a text")
    return value or ""


def _flag(document: Document, key: str) -> bool:
    value = document.get(key)
    if value is not None and not isinstance(value, bool):
        raise invalid(f"{key} must be true or false")
    return bool(value)


def _number(document: Document, key: str) -> int:
    value = document.get(key)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise invalid(f"{key} must be a number from 0 on")
    return value or 0


def _enum(document: Document, key: str) -> str:
    value = _text(document, key)
    if not value and key != "action":
        return _ENUMS[key][-1 if key == "protocol" else 0]
    if value not in _ENUMS[key]:
        raise Refusal(400, f"[AVXERR-DFW-0004] {key} must be one of {', '.join(_ENUMS[key])}")
    return value


def _groups(sim: Simulation, document: Document, key: str, *, web: bool) -> list[str]:
    uuids = document.get(key)
    if not isinstance(uuids, list | None) or not all(isinstance(uuid, str) for uuid in uuids or ()):
        raise invalid(f"{key} must be a list of uuids")
    for uuid in uuids or ():
        kind = kind_known(sim, uuid)
        if kind is None:
            raise invalid(f"{key} names an app domain that does not exist")
        if (kind == "web") is not web:
            raise invalid(f"{key} must name {'WebGroups' if web else 'SmartGroups'}")
    return list(uuids or ())


def _ranges(found: Any, protocol: str) -> list[Document]:
    if not isinstance(found, list | None) or not all(isinstance(item, dict) for item in found or ()):
        raise invalid("port_ranges must be a list of objects")
    ranges = [{"lo": _number(item, "lo"), "hi": _number(item, "hi") or _number(item, "lo")} for item in found or ()]
    if ranges and protocol == "ICMP":
        raise invalid("port_ranges must not be set when protocol is ICMP")
    if len(ranges) > MAX_RANGES:
        raise invalid(f"port_ranges may have {MAX_RANGES} entries")
    if any(not item["lo"] <= item["hi"] <= 65535 for item in ranges):
        raise invalid("port_ranges must be within 0 and 65535, lo before hi")
    return ranges
