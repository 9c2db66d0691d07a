"""Smart groups and web groups of a pack: nodes -> values of the core."""

import re
from ipaddress import ip_network

from guardrail.core.firewall.names import SNI_PATTERN, is_address, normal_name, split_url
from guardrail.core.firewall.objects import Selector, SmartGroup, WebGroup
from policy_pack.part import Part

_TYPES = ("vm", "vpc", "subnet", "k8s", "k8s_node", "serverless")
_ALONE = ("cidr", "fqdn", "site")
_OF_TYPES = (
    "res_id", "account_id", "account_name", "name", "region", "zone",
    "k8s_cluster_id", "k8s_namespace", "k8s_service", "k8s_pod",
)  # fmt: skip
SELECTOR_KEYS = ("type", *_ALONE, "s2c", "external", "tags", *_OF_TYPES)
_PATH = re.compile(r"[!-~]*", re.ASCII)


def read_smart_group(part: Part, name: str) -> SmartGroup:
    """Read a smart group: `any` of some selectors, and the CIDRs `within` which all that they find must be."""
    if not part.allow(("any", "within")):
        return SmartGroup(name)
    selectors = part.need("any")
    within = part.member("within")
    return SmartGroup(
        name,
        selectors=tuple(dict.fromkeys(filter(None, map(_selector, selectors.items() if selectors else ())))),
        within=tuple(filter(None, map(_network, within.items() if within else ()))),
    )


def _selector(part: Part) -> Selector | None:
    tags = [key for key in part.node.members if key.startswith("tags.")]
    if "external" not in part.node.members and not part.allow((*SELECTOR_KEYS, *tags)):
        return None
    found: dict[str, str] = {}
    for key, member in part.members():
        if key == "tags":
            found |= {f"tags.{tag}": value.text() for tag, value in member.members()}
        elif key == "cidr":
            found[key] = _network(member) or ""
        elif key == "fqdn":
            found[key] = _fqdn(member)
        else:
            found[key] = _value(member)
    wrong = _misfit(found)
    if wrong:
        part.wrong(wrong)
    return tuple(sorted(found.items()))


def _value(part: Part) -> str:
    """Read a selector's value; a number stands for its digits as they are written."""
    return part.node.text if type(part.node.value) is int else part.text()


def _misfit(found: dict[str, str]) -> str | None:
    """Say what is wrong with the keys of a selector side by side."""
    if not found:
        return "an empty selector would match everything; expected a key such as cidr, fqdn or type"
    if "external" in found:
        return None
    alone = [key for key in (*_ALONE, "s2c") if key in found]
    if alone and len(found) > 1:
        return f"{alone[0]} stands alone in its selector"
    if not alone and found.get("type") not in _TYPES:
        return f"expected type: one of {', '.join(_TYPES)}; or cidr, fqdn, site, s2c or external"
    if found.get("type") in _TYPES and len(found) == 1:
        return f"every {found['type']} there is; expected a second key, such as res_id, name or tags"
    return None


def _network(part: Part) -> str | None:
    text = part.text()
    try:
        return str(ip_network(text)) if text else None
    except ValueError:
        part.wrong("expected a CIDR such as 10.50.10.0/24, with nothing but zeros behind the mask, or an address")
        return None


def _fqdn(part: Part) -> str:
    name = normal_name(part.text())
    if "*" in name or not SNI_PATTERN.fullmatch(name) or is_address(name):
        part.wrong("expected a host name; gateways resolve it, so it can have no *")
    return name


def read_web_group(part: Part, name: str) -> WebGroup:
    """Read a web group: names under `sni`, or URLs under `url`."""
    if not part.allow(("sni", "url")):
        return WebGroup(name)
    names, urls = part.member("sni"), part.member("url")
    if names and urls:
        part.wrong("names and URLs cannot be in one web group; make it two")
    if not (part.node.members.keys() & {"sni", "url"}):
        part.wrong("expected `sni` with a list of names, or `url` with a list of URLs")
    return WebGroup(
        name,
        sni=tuple(dict.fromkeys(filter(None, map(_name, names.items() if names else ())))),
        url=tuple(dict.fromkeys(filter(None, map(_url, urls.items() if urls else ())))),
    )


def _name(part: Part) -> str:
    name = normal_name(part.text())
    if name and not _is_pattern(name):
        part.wrong("expected a host name of letters, digits, dots, dashes and *, and no **")
    return name


def _url(part: Part) -> str:
    url = part.text()
    split = split_url(url)
    if url and (split is None or not _is_pattern(split[0]) or "**" in url or not _PATH.fullmatch(split[1])):
        part.wrong("expected host/path, of which each may have * in it, but no **, and no blanks")
    return url


def _is_pattern(name: str) -> bool:
    return bool(SNI_PATTERN.fullmatch(name)) and "**" not in name
