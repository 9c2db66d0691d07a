"""Flows that no gateway sees, whatever the rules say."""

from collections.abc import Mapping

from guardrail.core.firewall.addresses import LINK_LOCAL, Extent, ranges
from guardrail.core.firewall.flow import Flow
from guardrail.core.firewall.site import Site


class Bypass:
    """Knows which traffic stays inside the VPC."""

    def __init__(self, extents: Mapping[str, Extent], site: Site) -> None:
        self._runtimes = ranges(site.runtime_networks)
        self._endpoints = ranges(site.endpoint_networks)
        self._runtime_groups = {name for name, known in extents.items() if self._only_runtimes(known)}

    def reason(self, flow: Flow) -> str | None:
        """Return why the flow crosses no gateway, or None if it does."""
        if not flow.crosses_gateway:
            return "the flow crosses no gateway"
        if flow.dst is None:
            return None
        if LINK_LOCAL.holds(flow.dst):
            return "link-local addresses are answered inside the VPC"
        if self._endpoints.holds(flow.dst) and self._from_runtime(flow):
            return "runtimes reach the endpoints inside the VPC"
        return None

    def _from_runtime(self, flow: Flow) -> bool:
        if flow.src is not None and self._runtimes.holds(flow.src):
            return True
        return not self._runtime_groups.isdisjoint(flow.src_groups)

    def _only_runtimes(self, known: Extent) -> bool:
        return bool(known.sure) and not known.maybe and self._runtimes.covers(known.sure)
