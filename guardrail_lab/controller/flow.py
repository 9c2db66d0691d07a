"""A flow, and whether a rule is about it: enough of DCF to make log lines that are true."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from typing import Any

from guardrail_lab.controller.reserved import ALL_WEB, PUBLIC_INTERNET
from guardrail_lab.controller.world import Document


@dataclass(frozen=True, slots=True)
class Flow:
    """One connection.

    Attributes:
        sni: The name in the TLS handshake, or in clear HTTP; empty for neither.
        path: What is asked for; seen only where a rule decrypts.
        names: DNS names that `dst_ip` has, for groups of names.
        resources: What the source is to AWS, such as ids, for groups of resources.
    """

    src_ip: str
    dst_ip: str
    protocol: str = "TCP"
    dst_port: int = 443
    src_port: int = 40000
    sni: str = ""
    path: str = "/"
    names: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> "Flow":
        """Read a flow from JSON.

        Raises:
            ValueError: An address is none.
            TypeError: It has a member that flows do not have, or lacks an address.
        """
        members: Any = {key: tuple(value) if isinstance(value, list) else value for key, value in document.items()}
        flow = cls(**members)
        ip_address(flow.src_ip), ip_address(flow.dst_ip)
        return flow


def concerns(rule: Document, flow: Flow, groups: Mapping[str, Document]) -> bool:
    """Say whether a rule is about a flow."""
    if rule["protocol"] not in ("PROTOCOL_UNSPECIFIED", flow.protocol):
        return False
    ranges = rule.get("port_ranges") or ()
    if ranges and flow.protocol != "ICMP" and not any(item["lo"] <= flow.dst_port <= item["hi"] for item in ranges):
        return False
    known = {uuid: groups[uuid] for member in ("src_ads", "dst_ads") for uuid in rule[member] if uuid in groups}
    return (
        any(_holds(known[uuid], flow.src_ip, flow.resources) for uuid in rule["src_ads"] if uuid in known)
        and any(_holds(known[uuid], flow.dst_ip, (*flow.names, flow.sni)) for uuid in rule["dst_ads"] if uuid in known)
        and _web(rule, flow, groups)
    )


def _holds(group: Document, address: str, words: tuple[str, ...]) -> bool:
    ip = ip_address(address)
    if group["uuid"] == PUBLIC_INTERNET:
        return ip.is_global
    return any(_matches(item["all"], ip, words) for item in group["selector"]["any"])


def _matches(expression: Mapping[str, str], ip: Any, words: tuple[str, ...]) -> bool:
    if "cidr" in expression:
        return ip in ip_network(expression["cidr"], strict=False)
    if "external" in expression:
        return False
    wanted = [value for key, value in expression.items() if key != "type"]
    return bool(wanted) and all(value in words for value in wanted)


def _web(rule: Document, flow: Flow, groups: Mapping[str, Document]) -> bool:
    filters = rule.get("web_filters") or ()
    if not filters:
        return True
    if flow.protocol != "TCP":
        return False
    expressions = [item["all"] for uuid in filters if uuid in groups for item in groups[uuid]["selector"]["any"]]
    decrypts = rule.get("decrypt_policy") == "DECRYPT_ALLOWED"
    return ALL_WEB in filters or any(_named(expression, flow, decrypts=decrypts) for expression in expressions)


def _named(expression: Mapping[str, str], flow: Flow, *, decrypts: bool) -> bool:
    name = flow.sni.lower()
    if "snifilter" in expression:
        return bool(name) and fnmatchcase(name, expression["snifilter"].lower())
    wanted = expression.get("urlfilter", "").split("://")[-1].lower()
    return decrypts and bool(name) and fnmatchcase(f"{name}{flow.path.lower()}", wanted)
