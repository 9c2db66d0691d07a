"""The bindings: what differs from one landing zone to the next, and stands in a pack as `${name}`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network

from guardrail.core.firewall.names import SNI_PATTERN, is_address, normal_name
from guardrail.core.firewall.pack import Mode
from guardrail.core.firewall.site import NOWHERE, Network, Site
from policy_pack.node import Node
from policy_pack.part import Part, Reading
from policy_pack.problem import Place

_PREFIX = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,38}[A-Za-z0-9])?", re.ASCII)
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+", re.ASCII)
_ID = re.compile(r"[\w.:/ -]{1,200}")
_MOST_ITEMS = 10_000


def _network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def _host(text: str) -> bool:
    return "*" not in text and _destination(text)


def _destination(text: str) -> bool:
    name = normal_name(text)
    return bool(SNI_PATTERN.fullmatch(name)) and "**" not in name and not is_address(name)


_Check = tuple[Callable[[str], object], str]
_ANY: _Check = (_ID.fullmatch, "a name or an id")
_NETWORK: _Check = (_network, "a CIDR such as 10.50.10.0/24, with nothing but zeros behind the mask, or an address")
_HOST: _Check = (_host, "a host name, without scheme, port and path")
_DESTINATION: _Check = (
    _destination,
    "a host name, without scheme, port and path; * may be in it, ** not",
)

SCALARS: dict[str, _Check] = {
    "name_prefix": (_PREFIX.fullmatch, "letters, digits and dashes, 40 at most, with no dash at the end"),
    "account": (_ACCOUNT.fullmatch, "an AWS account, 12 digits"),
    "region": (_REGION.fullmatch, "an AWS Region such as us-east-1"),
    "client_vpc": _ANY,
    "data_endpoint_host": _HOST,
    "control_endpoint_host": _HOST,
    "spoke_gateway": _ANY,
    "attachment_point": _ANY,
}
LISTS: dict[str, _Check] = {
    "runtime_subnets": _ANY,
    "runtime_cidrs": _NETWORK,
    "client_cidrs": _NETWORK,
    "endpoint_cidrs": _NETWORK,
    "pod_cidrs": _NETWORK,
    "models": _DESTINATION,
    "tools": _DESTINATION,
    "mcp_servers": _DESTINATION,
    "dns_servers": _NETWORK,
}
FLAGS = ("mitm_ca_trusted", "manage_default_action")
KEYS = (*SCALARS, *LISTS, *FLAGS, "mode")
AFTER_CLUSTERS = "TERRAFORM_AFTER_K8S_MANAGED"
_NAMES = ("models", "tools", "mcp_servers", "data_endpoint_host", "control_endpoint_host")


@dataclass(frozen=True, slots=True)
class Bindings:
    """One landing zone, as a pack sees it.

    Attributes:
        values: What `${name}` stands for, for every name there is; nothing for what was not given.
        mode: None if it was not given.
        site: The addresses in it.
    """

    values: Mapping[str, tuple[str, ...]]
    mode: Mode | None = None
    mitm_ca_trusted: bool = False
    manage_default_action: bool = False
    site: Site = NOWHERE
    places: Mapping[str, Place] = field(default_factory=dict)

    def one(self, name: str) -> str | None:
        """Return the value of a binding that has at most one."""
        return next(iter(self.values[name]), None)


NO_BINDINGS = Bindings(dict.fromkeys((*SCALARS, *LISTS), ()))


def read_bindings(node: Node, reading: Reading) -> Bindings:
    """Read bindings; what is wrong with them is written down."""
    part = Part(node, (), reading)
    if not part.allow(KEYS):
        return NO_BINDINGS
    values = dict(NO_BINDINGS.values)
    for key, check in SCALARS.items():
        if member := part.member(key):
            values[key] = _checked([member], check)
    for key, check in LISTS.items():
        if member := part.member(key):
            values[key] = _checked(member.items()[:_MOST_ITEMS], check)
    subnets = part.member("runtime_subnets")
    if subnets and not values["runtime_subnets"]:
        subnets.wrong("expected at least one subnet; empty never means all")
    for key in _NAMES:
        values[key] = tuple(dict.fromkeys(map(normal_name, values[key])))
    return Bindings(
        values=values,
        mode=_mode(part),
        mitm_ca_trusted=_flag(part, "mitm_ca_trusted"),
        manage_default_action=_flag(part, "manage_default_action"),
        site=_site(values),
        places={key: member.place for key, member in node.members.items()},
    )


def _checked(parts: list[Part], check: _Check) -> tuple[str, ...]:
    holds, expected = check
    kept = []
    for part in parts:
        text = part.node.text  # as it is written: an account may begin with a zero
        if isinstance(part.node.value, str | int) and not isinstance(part.node.value, bool) and holds(text):
            kept.append(text)
        else:
            part.wrong(f"expected {expected}")
    return tuple(kept)


def _mode(part: Part) -> Mode | None:
    member = part.member("mode")
    return member.word(Mode) if member else None


def _flag(part: Part, key: str) -> bool:
    member = part.member(key)
    return member.flag() if member else False


def _site(values: Mapping[str, tuple[str, ...]]) -> Site:
    hosts = (*values["data_endpoint_host"], *values["control_endpoint_host"])
    return Site(
        runtime_subnets=frozenset(values["runtime_subnets"]),
        runtime_networks=_networks(values["runtime_cidrs"]),
        client_vpc=next(iter(values["client_vpc"]), None),
        client_networks=_networks(values["client_cidrs"]),
        endpoint_hosts=frozenset(hosts),
        endpoint_networks=_networks(values["endpoint_cidrs"]),
        pod_networks=_networks(values["pod_cidrs"]),
        after_clusters=values["attachment_point"] == (AFTER_CLUSTERS,),
    )


def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(map(ip_network, texts))
