"""What a group holds, in one form: equal for groups that hold the same, however a version or a person spelled it."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from ipaddress import ip_network
from typing import Any

from guardrail.core.firewall.names import normal_name, split_url
from guardrail.core.firewall.objects import SmartGroup, WebGroup

GroupForm = frozenset[tuple[tuple[str, str], ...]]
"""The selectors, each sorted by key; neither order nor repetition changes what a group holds."""
_WEB = ("snifilter", "urlfilter")


@lru_cache(maxsize=65_536)
def _network(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        return text


def _url(text: str) -> str:
    parts = split_url(text)
    return f"{parts[0]}{parts[1]}" if parts else text


def _region(text: str) -> str:
    return text.replace(" ", "").lower()


_NORMAL: Mapping[str, Callable[[str], str]] = {
    "cidr": _network,
    "fqdn": normal_name,
    "snifilter": normal_name,
    "urlfilter": _url,
    "region": _region,
}


def wanted_form(group: SmartGroup | WebGroup) -> GroupForm:
    """Return the form of a group that is wanted."""
    if isinstance(group, SmartGroup):
        return frozenset(_selector(dict(selector)) for selector in group.selectors)
    names = (_selector({"snifilter": name}) for name in group.sni)
    return frozenset((*names, *(_selector({"urlfilter": url}) for url in group.url)))


def live_form(group: Mapping[str, Any]) -> GroupForm:
    """Return the form of a group that was read."""
    expressions = (group.get("selector") or {}).get("any") or ()
    return frozenset(_selector(each.get("all") or {}) for each in expressions)


def expressions(group: SmartGroup | WebGroup) -> list[dict[str, str]]:
    """Return the expressions that a group is created with."""
    if isinstance(group, SmartGroup):
        return [dict(selector) for selector in group.selectors]
    return [{"snifilter": name} for name in group.sni] or [{"urlfilter": url} for url in group.url]


def is_web(form: GroupForm) -> bool:
    """Say whether a group holds names or URLs."""
    return any(key in _WEB for selector in form for key, _ in selector)


def kind(form: GroupForm) -> str:
    """Return the first part of a group's address."""
    return "web_group" if is_web(form) else "smart_group"


def group_view(name: str, form: GroupForm) -> dict[str, Any]:
    """Return a group as people read it."""
    if not is_web(form):
        return {"name": name, "any": [dict(selector) for selector in sorted(form)]}
    pairs = sorted(pair for selector in form for pair in selector)
    told = {"sni": [value for key, value in pairs if key == "snifilter"]}
    told["url"] = [value for key, value in pairs if key == "urlfilter"]
    return {"name": name, **{key: values for key, values in told.items() if values}}


def _selector(expression: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Values that are no texts are no selectors; neither are empty ones."""
    return tuple(
        sorted(
            (key, _NORMAL[key](value) if key in _NORMAL else value)
            for key, value in expression.items()
            if isinstance(value, str) and value
        )
    )
