"""Rules of others before which ours would come to stand, or behind: harmless, unless both may be about one flow."""

from collections.abc import Iterable, Mapping

from guardrail.core.firewall.addresses import ALL, Extent, extent
from guardrail.core.firewall.intervals import intersection, merged
from guardrail.core.firewall.names import glob, normal_name, split_url
from guardrail.core.firewall.objects import ALL_WEB, ANYWHERE, PUBLIC_INTERNET, Enforcement, Rule, SmartGroup, WebGroup
from guardrail.core.firewall.ports import covered
from guardrail.core.firewall.site import NOWHERE

_ALL = ("*",)


class Overlaps:
    """Says of two rules whether a flow can be about both; where that is not known, it can."""

    def __init__(self, smart_groups: Mapping[str, SmartGroup], web_groups: Mapping[str, WebGroup]) -> None:
        groups = {name: SmartGroup(name) for name in (ANYWHERE, PUBLIC_INTERNET)} | dict(smart_groups)
        self._extents: dict[str, Extent] = {name: _extent(group) for name, group in groups.items()}
        self._names = {name: _patterns(group) for name, group in web_groups.items()}

    def contrary(self, ours: Iterable[Rule], theirs: Iterable[Rule]) -> tuple[Rule, Rule] | None:
        """Return a rule of ours and one of theirs that is asked before it, meets it, and does something else."""
        others = [rule for rule in theirs if rule.enforcement is not Enforcement.DISABLE]
        for rule in ours:
            for other in others:
                ahead = other.priority <= rule.priority and other.action is not rule.action
                if ahead and self.meet(rule, other):
                    return rule, other
        return None

    def meet(self, one: Rule, other: Rule) -> bool:
        """Say whether a flow can be about both."""
        return (
            bool(set(covered(one)) & set(covered(other)))
            and _ports_meet(one, other)
            and self._addresses_meet(one.src, other.src)
            and self._addresses_meet(one.dst, other.dst)
            and self._names_meet(one.web, other.web)
        )

    def _addresses_meet(self, some: Iterable[str], others: Iterable[str]) -> bool:
        wholes = [
            [self._extents[name].sure | self._extents[name].maybe if name in self._extents else None for name in names]
            for names in (some, others)
        ]
        return any(a is None or b is None or bool(a & b) for a in wholes[0] for b in wholes[1])

    def _names_meet(self, some: Iterable[str], others: Iterable[str]) -> bool:
        """A rule without web groups is about every name, and about flows without any."""
        ours, theirs = ([each for name in names for each in self._named(name)] for names in (some, others))
        return not ours or not theirs or any(_patterns_meet(a, b) for a in ours for b in theirs)

    def _named(self, group: str) -> tuple[str, ...]:
        return _ALL if group == ALL_WEB else self._names.get(group, _ALL)


def _extent(group: SmartGroup) -> Extent:
    """Whom a group holds whose addresses are of no known form is not known."""
    try:
        return extent(group, NOWHERE)
    except ValueError:
        return Extent(maybe=ALL)


def _patterns(group: WebGroup) -> tuple[str, ...]:
    hosts = (parts[0] if (parts := split_url(url)) else "*" for url in group.url)
    return (*map(normal_name, group.sni), *hosts)


def _patterns_meet(one: str, other: str) -> bool:
    """Two patterns with stars may meet in a name that neither shows: they do, as far as is known."""
    return ("*" in one and "*" in other) or glob(one).matches(other) or glob(other).matches(one)


def _ports_meet(one: Rule, other: Rule) -> bool:
    both = one.ports and other.ports
    return not both or bool(intersection(*(merged((each.lo, each.hi) for each in rule.ports) for rule in (one, other))))
