"""Bindings that follow from others: what `${name}` may also stand for."""

from collections.abc import Mapping

from guardrail.core.firewall.names import normal_name
from policy_pack.binding import Binder
from policy_pack.node import Node

NAMES = ("dns_suffix", "inspected_hosts", "tools_inspected", "tools_direct")
Values = Mapping[str, tuple[str, ...]]


def with_derived(values: Values, pack: Node) -> Values:
    """Return the bindings' values with those that follow from them.

    * `dns_suffix`: what the names of AWS services end in, in the Region's partition.
    * `inspected_hosts`: the names in the smart group that `inspected` names.
    * `tools_inspected`, `tools_direct`: the tools that are among these hosts, and the others.
    """
    hosts = _inspected_hosts(values, pack)
    china = any(region.startswith("cn-") for region in values["region"])
    return {
        **values,
        "dns_suffix": ("amazonaws.com.cn" if china else "amazonaws.com",),
        "inspected_hosts": hosts,
        "tools_inspected": tuple(tool for tool in values["tools"] if tool in hosts),
        "tools_direct": tuple(tool for tool in values["tools"] if tool not in hosts),
    }


def _inspected_hosts(values: Values, pack: Node) -> tuple[str, ...]:
    inspected = pack.members.get("inspected")
    groups = pack.members.get("smart_groups")
    group = groups.members.get(inspected.text) if groups and inspected else None
    if group is None or "any" not in group.members:
        return ()
    bound = Binder(values, []).bound(group.members["any"])  # what is wrong with it is told when the pack is bound
    found = [selector.members["fqdn"].text for selector in bound.items if "fqdn" in selector.members]
    return tuple(dict.fromkeys(map(normal_name, found)))
