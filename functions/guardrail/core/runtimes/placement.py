"""The placement of one version, read member by member: what has an unexpected type is unknown, not absent."""

from typing import Any

from guardrail.core.runtimes.runtime import NetworkPlacement, PlacementMember

_IN_VPC = (PlacementMember.SUBNETS, PlacementMember.SECURITY_GROUPS, PlacementMember.SERVICE_S3_ENDPOINT)
_KNOWN = {
    "networkConfiguration": frozenset({"networkMode", "networkModeConfig"}),
    "networkModeConfig": frozenset({"subnets", "securityGroups", "requireServiceS3Endpoint"}),
    "capacityProviderConfiguration": frozenset({"capacityProviderArn"}),
}
_NOWHERE = NetworkPlacement(mode=None)


def parse_placement(answer: dict[str, Any]) -> NetworkPlacement:
    """Read the placement from a GetAgentRuntime answer; whatever is wrong with it is said in the value."""
    if answer.get("networkConfiguration") is None and answer.get("capacityProviderConfiguration") is None:
        return _NOWHERE
    reader = _Reader()
    network = reader.members(answer, "networkConfiguration", (PlacementMember.NETWORK_MODE, *_IN_VPC))
    vpc = reader.members(network, "networkModeConfig", _IN_VPC)
    compute = reader.members(answer, "capacityProviderConfiguration", (PlacementMember.CAPACITY_PROVIDER,))
    provider = reader.value(compute, PlacementMember.CAPACITY_PROVIDER, str)
    if provider is None and answer.get("capacityProviderConfiguration") is not None:
        reader.malformed.append(PlacementMember.CAPACITY_PROVIDER)
    return NetworkPlacement(
        mode=reader.value(network, PlacementMember.NETWORK_MODE, str),
        subnets=reader.ids(vpc, PlacementMember.SUBNETS),
        security_groups=reader.ids(vpc, PlacementMember.SECURITY_GROUPS),
        service_s3_endpoint=reader.value(vpc, PlacementMember.SERVICE_S3_ENDPOINT, bool),
        capacity_provider=provider,
        malformed=tuple(reader.malformed),
        unknown=tuple(sorted(reader.unknown)),
    )


class _Reader:
    """Reads members and keeps what it could not make sense of."""

    def __init__(self) -> None:
        self.malformed: list[PlacementMember] = []
        self.unknown: list[str] = []

    def members(self, parent: dict[str, Any], name: str, inside: tuple[PlacementMember, ...]) -> dict[str, Any]:
        """Return the object `name`, `{}` when absent; when it is none, all that should be inside is unknown."""
        value = parent.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.malformed.extend(inside)
            return {}
        self.unknown.extend(f"{name}.{member}" for member in value.keys() - _KNOWN[name])
        return value

    def value(self, parent: dict[str, Any], member: PlacementMember, kind: type) -> Any:
        value = parent.get(member)
        if value is None or isinstance(value, kind):
            return value
        self.malformed.append(member)
        return None

    def ids(self, parent: dict[str, Any], member: PlacementMember) -> frozenset[str]:
        values = self.value(parent, member, list) or ()
        if all(isinstance(value, str) for value in values):
            return frozenset(values)
        self.malformed.append(member)
        return frozenset()
