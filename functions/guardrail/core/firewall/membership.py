"""Which rules have a flow's source, or its destination, in one of their smart groups."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from guardrail.core.firewall.addresses import FAMILIES, Address, Extent, Ranges
from guardrail.core.firewall.intervals import cells

Bits = int
"""A set of rules: bit n is the rule that is asked n-th."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Rules that match for sure, and rules that match for sure or perhaps."""

    sure: Bits
    possible: Bits


class Side:
    """The source side, or the destination side, of all rules.

    The address line is cut wherever a group begins or ends, so that all addresses of a cell have the same answer,
    and finding it is one binary search.
    """

    def __init__(self, extents: Mapping[str, Extent], named: Sequence[Iterable[str]], unsaid: Ranges) -> None:
        """Index the side.

        Args:
            extents: Every group that a rule or a flow may name.
            named: For each rule in order, the groups it names on this side.
            unsaid: Where an address may be of which nothing is said.
        """
        self._rules = dict.fromkeys(extents, 0)
        for position, names in enumerate(named):
            for name in names:
                self._rules[name] |= 1 << position
        used = [name for name, rules in self._rules.items() if rules]
        self._cells = {family: self._cut(family, used, extents) for family in FAMILIES}
        self.unsaid = self.naming(name for name in used if extents[name].sure.covers(unsaid))
        """Rules that hold an address on this side wherever it is."""

    def naming(self, groups: Iterable[str]) -> Bits:
        """Return the rules that name any of the groups.

        Raises:
            KeyError: There is no such group.
        """
        rules = 0
        for group in groups:
            rules |= self._rules[group]
        return rules

    def at(self, where: Address) -> Reach:
        """Return the rules that hold the address on this side."""
        starts, cells = self._cells[where[0]]
        return cells[bisect_right(starts, where[1]) - 1]

    def _cut(self, family: int, used: list[str], extents: Mapping[str, Extent]) -> tuple[list[int], list[Reach]]:
        sure = [extents[name].sure.family(family) for name in used]
        maybe = [extents[name].maybe.family(family) for name in used]
        starts, labels = cells(sure + maybe)
        rules = [self._rules[name] for name in used]
        reaches = {label: _reach(label, rules) for label in set(labels)}
        return starts, [reaches[label] for label in labels]


def _reach(label: int, rules: Sequence[Bits]) -> Reach:
    sure = possible = 0
    for position, named in enumerate(rules):
        if label >> position & 1:
            sure |= named
        if label >> (position + len(rules)) & 1:
            possible |= named
    return Reach(sure, sure | possible)


def positions(bits: Bits) -> list[int]:
    """Return the members of a set of rules, ascending."""
    found = []
    while bits:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return found
