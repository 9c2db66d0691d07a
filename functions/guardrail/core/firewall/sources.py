"""Where a flow comes from that starts in a smart group: an address that is in it, and in as little else as possible."""

from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from guardrail.core.firewall.addresses import FAMILIES, Extent
from guardrail.core.firewall.intervals import cells


class Sources:
    """The groups of a policy, as origins of flows."""

    def __init__(self, extents: Mapping[str, Extent]) -> None:
        self._names = list(extents)
        self._cells = {
            family: cells([(known.sure | known.maybe).family(family) for known in extents.values()])
            for family in FAMILIES
        }
        self._extents = extents
        self.address_in = lru_cache(maxsize=None)(self._address_in)

    def flow_from(self, source: str) -> dict[str, Any]:
        """Return the part of a flow that says that it comes from a group, or from an address.

        A group whose addresses nobody knows is named as such.
        """
        if source not in self._extents:
            return {"src_ip": source}
        address = self.address_in(source)
        return {"src_groups": [source]} if address is None else {"src_ip": address}

    def _address_in(self, group: str) -> str | None:
        """Return the lowest address of the cell in the fewest groups; IPv4 if there is any."""
        for family in FAMILIES:
            starts, labels = self._cells[family]
            sure = self._extents[group].sure
            inside = [(label.bit_count(), at) for at, label in enumerate(labels) if sure.holds((family, starts[at]))]
            if inside:
                return _text(family, starts, min(inside)[1])
        return None


def _text(family: int, starts: list[int], cell: int) -> str:
    """Write an address of a cell: its second one if it has two, because the first looks like a network."""
    value = starts[cell]
    if cell + 1 < len(starts) and starts[cell + 1] > value + 1:
        value += 1
    return str(IPv4Address(value) if family == 4 else IPv6Address(value))
