"""What the bindings say about the place where a pack works: which addresses are behind which names."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Site:
    """Addresses of one landing zone, as far as they are known.

    Attributes:
        runtime_subnets: Ids of the subnets that runtimes live in.
        runtime_networks: What these subnets hold, all together; empty if unknown.
        client_vpc: Name of the VPC whose workloads call agents.
        client_networks: What that VPC holds; empty if unknown.
        endpoint_hosts: DNS names of the AgentCore endpoints, in lower case.
        endpoint_networks: Where the addresses of these names are; empty if unknown.
        pod_networks: Addresses of Kubernetes pods that have policies of their own.
        after_clusters: Whether those policies are asked before the pack's rules.
    """

    runtime_subnets: frozenset[str] = frozenset()
    runtime_networks: tuple[Network, ...] = ()
    client_vpc: str | None = None
    client_networks: tuple[Network, ...] = ()
    endpoint_hosts: frozenset[str] = frozenset()
    endpoint_networks: tuple[Network, ...] = ()
    pod_networks: tuple[Network, ...] = ()
    after_clusters: bool = False


NOWHERE = Site()
