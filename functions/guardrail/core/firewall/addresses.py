"""Which addresses a smart group holds for sure, and which it may hold: ranges of integers, one family at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_network

from guardrail.core.firewall.intervals import Interval, Intervals, intersection, merged
from guardrail.core.firewall.objects import ANYWHERE, PUBLIC_INTERNET, Selector, SmartGroup
from guardrail.core.firewall.site import Network, Site

Address = tuple[int, int]
"""Family (4 or 6) and value."""

FAMILIES = (4, 6)
LAST = {4: 2**32 - 1, 6: 2**128 - 1}


@dataclass(frozen=True, slots=True)
class Ranges:
    """Addresses of both families, as merged intervals."""

    v4: Intervals = ()
    v6: Intervals = ()

    def family(self, family: int) -> Intervals:
        """Return the intervals of one family."""
        return self.v4 if family == 4 else self.v6

    def covers(self, other: "Ranges") -> bool:
        """Say whether every address of the other is one of these."""
        return self & other == other

    def holds(self, where: Address) -> bool:
        """Say whether an address is one of these."""
        return any(low <= where[1] <= high for low, high in self.family(where[0]))

    def __and__(self, other: "Ranges") -> "Ranges":
        return Ranges(intersection(self.v4, other.v4), intersection(self.v6, other.v6))

    def __or__(self, other: "Ranges") -> "Ranges":
        return Ranges(merged(self.v4 + other.v4), merged(self.v6 + other.v6))

    def __bool__(self) -> bool:
        return bool(self.v4 or self.v6)


NONE = Ranges()
ALL_V4 = Ranges(((0, LAST[4]),))
ALL = Ranges(ALL_V4.v4, ((0, LAST[6]),))


@dataclass(frozen=True, slots=True)
class Extent:
    """What is known of a group's addresses: `sure` ones are in it, others than `maybe` and `sure` are not."""

    sure: Ranges = NONE
    maybe: Ranges = NONE


def ranges(networks: Iterable[Network]) -> Ranges:
    """Return the addresses of some networks."""
    found: dict[int, list[Interval]] = {4: [], 6: []}
    for network in networks:
        found[network.version].append((int(network.network_address), int(network.broadcast_address)))
    return Ranges(merged(found[4]), merged(found[6]))


def of_texts(texts: Iterable[str]) -> Ranges:
    """Return the addresses of some CIDRs or single addresses.

    Raises:
        ValueError: One is neither.
    """
    return ranges(ip_network(text) for text in texts)


LINK_LOCAL = of_texts(["169.254.0.0/16", "fe80::/10"])
PUBLIC = Ranges(((0, 0x09FFFFFF), (0x0B000000, 0xAC0FFFFF), (0xAC200000, 0xC0A7FFFF), (0xC0A90000, LAST[4])))
"""Every IPv4 address outside RFC 1918, which is how DCF defines the Public Internet."""

_SYSTEM = {ANYWHERE: Extent(sure=ALL_V4), PUBLIC_INTERNET: Extent(sure=PUBLIC)}


@lru_cache(maxsize=65_536)
def address(text: str) -> Address:
    """Return an address; IPv4 that is written as IPv6 (`::ffff:…`) is IPv4.

    Raises:
        ValueError: The text is none.
    """
    if ":" not in text:
        return 4, int(IPv4Address(text))
    written = IPv6Address(text)
    found = written.ipv4_mapped or written
    return found.version, int(found)


def extent(group: SmartGroup, site: Site) -> Extent:
    """Return the addresses that a group holds and may hold.

    CIDRs speak for themselves. Subnets, the client VPC and the endpoint names have the addresses that the site gives
    them; anything else is known to the controller alone.
    """
    if group.name in _SYSTEM and not group.selectors:
        return _SYSTEM[group.name]
    sure, maybe = of_texts(group.values("cidr")), NONE
    listed = {value for selector in group.selectors for value in _only(selector, "subnet", "res_id")}
    for selector in group.selectors:
        known = _known(selector, listed, site)
        sure, maybe = sure | known.sure, maybe | known.maybe
    if group.within:
        maybe = maybe & of_texts(group.within)
    return Extent(sure, maybe)


def _known(selector: Selector, listed: set[str], site: Site) -> Extent:
    keys = dict(selector)
    if "cidr" in keys:
        return Extent()
    if keys.get("type") == "subnet" and keys.get("res_id") in site.runtime_subnets and site.runtime_networks:
        whole = bool(_only(selector, "subnet", "res_id")) and listed >= site.runtime_subnets
        return _sure_if(whole, ranges(site.runtime_networks))
    if keys.get("type") == "vpc" and keys.get("name") == site.client_vpc and site.client_networks:
        return _sure_if(bool(_only(selector, "vpc", "name")), ranges(site.client_networks))
    if keys.get("fqdn") in site.endpoint_hosts and site.endpoint_networks:
        return Extent(maybe=ranges(site.endpoint_networks))
    return Extent(maybe=ALL)


def _sure_if(whole: bool, addresses: Ranges) -> Extent:
    """A selector that finds only part of what has these addresses may hold any of them."""
    return Extent(sure=addresses) if whole else Extent(maybe=addresses)


def _only(selector: Selector, kind: str, key: str) -> tuple[str, ...]:
    """Return what the selector says for the key, if it asks for nothing but the type and the key."""
    keys = dict(selector)
    return (keys[key],) if keys.keys() == {"type", key} and keys["type"] == kind else ()
