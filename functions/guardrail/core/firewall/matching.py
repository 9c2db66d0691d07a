"""Which rules match a flow, for sure and perhaps: the AND of source, destination, port and name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.addresses import ALL_V4, PUBLIC, Extent
from guardrail.core.firewall.flow import App, Flow
from guardrail.core.firewall.membership import Bits, Reach, Side
from guardrail.core.firewall.names import normal_name
from guardrail.core.firewall.objects import Action, AppRequirement, Rule, SmartGroup, WebGroup
from guardrail.core.firewall.ports import PortIndex
from guardrail.core.firewall.web import WebIndex


@dataclass(frozen=True, slots=True)
class Seen:
    """What the rules make of a flow.

    Attributes:
        sure, possible: Rules that match, and those that match or may.
        not_tls: Rules that demand TLS of a flow that is none: they deny it, whatever their action.
        denying: Rules that deny the flow if they match.
        assumed: Rules that match only if paths are compared without regard to case.
    """

    sure: Bits
    possible: Bits
    not_tls: Bits
    denying: Bits
    assumed: Bits


class Matcher:
    """Rules, indexed once: matching a flow then takes a few searches, however many rules there are."""

    def __init__(
        self,
        rules: Sequence[Rule],
        groups: Mapping[str, SmartGroup],
        extents: Mapping[str, Extent],
        web_groups: Mapping[str, WebGroup],
    ) -> None:
        """Index the rules, in the order in which they are asked.

        Args:
            extents: What is known of the addresses of each smart group.
        """
        self._src = Side(extents, [rule.src for rule in rules], ALL_V4)
        self._dst = Side(extents, [rule.dst for rule in rules], PUBLIC)
        self._ports = PortIndex(rules)
        self._web = WebIndex(rules, web_groups)
        self.by_fqdn = _by_fqdn(groups)
        self._deny = chosen(rules, lambda rule: rule.action is Action.DENY)
        self._tls_required = chosen(rules, lambda rule: rule.app is AppRequirement.TLS_REQUIRED)
        self._not_tls_required = chosen(rules, lambda rule: rule.app is AppRequirement.NOT_TLS_REQUIRED)
        self._nameless = chosen(rules, lambda rule: not rule.web)

    def seen(self, flow: Flow) -> Seen:
        """Match a flow.

        Raises:
            InvalidInput: It names a smart group that nobody has defined.
        """
        src, dst, ports = self._source(flow), self._destination(flow), self._ports.match(flow.protocol, flow.port)
        sure = src.sure & dst.sure & ports.sure
        possible = src.possible & dst.possible & ports.possible
        tls = flow.app is App.TLS
        not_tls = 0 if tls else self._tls_required
        excluded = self._not_tls_required if tls else 0
        web, nameless = self._web.match(flow), self._nameless | not_tls
        return Seen(
            sure=sure & (nameless | web.sure) & ~excluded,
            possible=possible & (nameless | web.possible) & ~excluded,
            not_tls=not_tls,
            denying=self._deny | not_tls,
            assumed=web.assumed & ~nameless,
        )

    def _source(self, flow: Flow) -> Reach:
        """Look up the source. If nothing is said of it, it may be in any group; if groups are named, it is in those."""
        named = _named(self._src, flow.src_groups, "src_groups")
        if flow.src is not None:
            return _joined(self._src.at(flow.src), named)
        sure = named | self._src.unsaid
        return Reach(sure, sure if flow.src_groups else -1)

    def _destination(self, flow: Flow) -> Reach:
        """Look up the destination. Without an address it is a public one, and what fqdn groups list is theirs."""
        named = _named(self._dst, flow.dst_groups, "dst_groups")
        if flow.dst is not None:
            return _joined(self._dst.at(flow.dst), named)
        listed = self._dst.naming(self.by_fqdn.get(flow.sni or flow.host or "", ()))
        sure = named | listed | self._dst.unsaid
        return Reach(sure, sure)


def chosen(rules: Sequence[Rule], holds: Callable[[Rule], bool]) -> Bits:
    """Return the rules for which something holds."""
    return sum(1 << position for position, rule in enumerate(rules) if holds(rule))


def _named(side: Side, groups: tuple[str, ...], key: str) -> Bits:
    try:
        return side.naming(groups) if groups else 0
    except KeyError:
        raise InvalidInput(f"flow.{key}", "only smart groups that the policy has") from None


def _joined(reach: Reach, named: Bits) -> Reach:
    return Reach(reach.sure | named, reach.possible | named) if named else reach


def _by_fqdn(groups: Mapping[str, SmartGroup]) -> dict[str, tuple[str, ...]]:
    listed: dict[str, tuple[str, ...]] = {}
    for name, group in groups.items():
        for fqdn in map(normal_name, group.values("fqdn")):
            listed[fqdn] = (*listed.get(fqdn, ()), name)
    return listed
