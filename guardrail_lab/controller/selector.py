"""What a group may be made of, and of which kind that makes it."""

import re
from ipaddress import ip_network
from typing import Any

from guardrail_lab.controller.refusal import Refusal, invalid
from guardrail_lab.controller.release import Release
from guardrail_lab.controller.world import Document

_TYPES = ("vm", "vpc", "subnet", "k8s", "k8s_node", "serverless")
_ALONE = ("cidr", "fqdn", "site")
_TYPELESS = ("cidr", "fqdn", "site", "s2c", "external", "snifilter", "urlfilter")
_SNI = re.compile(r"[A-Za-z0-9._*-]+")
_NODE_BARRED = ("k8s_namespace", "k8s_service", "k8s_pod")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def kind_of(group: Document) -> str:
    """Return `web`, `geo`, `threat` or `smart`."""
    expressions = [item["all"] for item in group["selector"]["any"]]
    if any(key in expression for expression in expressions for key in ("snifilter", "urlfilter")):
        return "web"
    feeds = {expression.get("external") for expression in expressions}
    return "geo" if "geo" in feeds else "threat" if "threatiq" in feeds else "smart"


def kept_selector(document: Any, release: Release) -> Document:
    """Check a selector and return it as it is kept.

    Raises:
        Refusal: It is none, or mixes what does not go together.
    """
    found = document.get("any") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(found, list | None):
        raise invalid("selector.any must be a list")
    expressions = [_expression(item, release) for item in found or []]
    filters = {key for expression in expressions for key in expression if key in ("snifilter", "urlfilter")}
    if len(filters) > 1:
        raise invalid("a WebGroup holds domains or URLs, never both")
    if filters and any(filters.isdisjoint(expression) for expression in expressions):
        raise invalid("a WebGroup holds nothing but domains or URLs")
    return {"any": [{"all": expression} for expression in expressions]}


def _expression(item: Any, release: Release) -> Document:
    found = item.get("all") if isinstance(item, dict) else None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise invalid("selector.any must be a list of {all: {key: text}}")
    expression = {key: value for key, value in found.items() if value}
    if not expression:
        raise invalid("an expression must have a key")
    alone = [key for key in _ALONE if key in expression]
    if alone and len(expression) > 1:
        raise invalid(f"{alone[0]} cannot be combined with other keys")
    if not any(key in expression for key in ("type", *_TYPELESS)):
        raise invalid("type is required")
    _check_values(expression, release)
    return expression


def _check_values(expression: Document, release: Release) -> None:
    if "type" in expression and "external" not in expression and expression["type"] not in _TYPES:
        raise invalid(f"type must be one of {', '.join(_TYPES)}")
    if "cidr" in expression:
        _check_cidr(expression["cidr"])
    if "fqdn" in expression and not release.has("8.1"):
        raise invalid("fqdn is not a selector key")
    if "snifilter" in expression:
        _check_sni(expression["snifilter"], release)
    if "external" not in expression:
        _check_kubernetes(expression)


def _check_cidr(text: str) -> None:
    try:
        ip_network(text, strict=False)
    except ValueError:
        raise invalid("cidr must be a network or an address") from None


def _check_sni(pattern: str, release: Release) -> None:
    if not _SNI.fullmatch(pattern) or "**" in pattern:
        raise invalid("snifilter may have letters, digits, '.', '-', '_' and '*', and no '**'")
    if not release.has("8.1") and "*" in pattern.removeprefix("*.") and pattern != "*":
        raise invalid("snifilter may have '*' as its first label only")


def _check_kubernetes(expression: Document) -> None:
    kind = expression.get("type")
    if kind == "k8s_node":
        barred = [key for key in _NODE_BARRED if key in expression]
        if barred:
            text = f"invalid selector keys for k8s_node resource type. invalid keys {barred}"
            raise Refusal(400, text)
    pod = "k8s_pod" in expression
    whole = {"k8s_cluster_id", "k8s_namespace"} <= expression.keys() and "k8s_service" not in expression
    if pod and not whole:
        raise Refusal(400, "invalid selector combination for k8s resource type")
    for key in _NODE_BARRED:
        if key in expression and not _LABEL.fullmatch(expression[key]):
            raise invalid(f"{key} must be a Kubernetes name")
