"""A judge of its own, as small as the contract allows: which rules a version breaks, and what can be reached.

Written from contracts and laws alone, without a look at `core/runtimes`; it shares no code with what it checks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Answer = Mapping[str, Any]

NO_SUCH_VERSION = frozenset({"no-such-version"})
ROLLOUT = "2026-06-11T00:00:00"
DENIAL = "NetworkGuardrailQuarantine"


@dataclass(frozen=True)
class Approved:
    """What the landing zone approves."""

    subnets: frozenset[str]
    groups: frozenset[str]
    providers: frozenset[str]


def broken(version: Answer, approved: Approved) -> frozenset[str]:
    """Return the rules that GetAgentRuntime's answer for one version breaks."""
    network, provider = version.get("networkConfiguration"), _provider(version)
    rules = set()
    if provider is not None and provider not in approved.providers:
        rules.add("capacity-provider")
    if network is None:
        return frozenset(rules | (set() if provider in approved.providers else {"network-mode"}))
    if network["networkMode"] != "VPC":
        return frozenset(rules | {"network-mode"})
    placed = network["networkModeConfig"]
    if not placed["subnets"] or not set(placed["subnets"]) <= approved.subnets:
        rules.add("subnets")
    if not placed["securityGroups"] or not set(placed["securityGroups"]) <= approved.groups:
        rules.add("security-groups")
    s3 = placed.get("requireServiceS3Endpoint")
    if s3 is True or (s3 is None and str(version.get("createdAt", "")) < ROLLOUT):
        rules.add("service-s3-endpoint")
    return frozenset(rules)


def _provider(version: Answer) -> str | None:
    return (version.get("capacityProviderConfiguration") or {}).get("capacityProviderArn")


@dataclass(frozen=True)
class Sight:
    """One runtime as AgentCore has it, read by nobody's code but this: answers of the service only.

    Attributes:
        versions: GetAgentRuntime's answer for each version that can be reached and exists; the newest among them.
        endpoints: ListAgentRuntimeEndpoints' items.
        policy: Text of the resource policy on the runtime, or None.
        exempted: Rules that somebody answers for.
    """

    runtime_id: str
    versions: Mapping[int, Answer]
    endpoints: tuple[Answer, ...]
    policy: str | None
    tags: Mapping[str, str]
    exempted: frozenset[str] = frozenset()

    @property
    def newest(self) -> int:
        return max(self.versions)

    @property
    def status(self) -> str:
        return str(self.versions[self.newest]["status"])

    def breaks(self, number: int, approved: Approved) -> frozenset[str]:
        """The rules that a version breaks and nobody answers for; for one that does not exist nobody can."""
        if number not in self.versions:
            return NO_SUCH_VERSION
        return broken(self.versions[number], approved) - self.exempted

    def reached(self) -> frozenset[int]:
        """Every version that traffic reaches or will reach (law 2)."""
        return frozenset({self.newest}.union(*(served(endpoint) for endpoint in self.endpoints)))

    def missing(self) -> frozenset[int]:
        """The reachable versions that do not exist."""
        return self.reached() - self.versions.keys()

    def escapes(self, approved: Approved) -> frozenset[int]:
        """The reachable versions that break a rule nobody answers for, or do not exist."""
        return frozenset(number for number in self.reached() if self.breaks(number, approved))


def served(endpoint: Answer) -> set[int]:
    """The versions that an endpoint serves and will serve."""
    return {int(endpoint[name]) for name in ("liveVersion", "targetVersion") if name in endpoint}


def statements(policy: str | None) -> list[Any]:
    """The statements of a policy's text, ours left out."""
    import json

    found = json.loads(policy)["Statement"] if policy else []
    listed: Iterable[Any] = [found] if isinstance(found, dict) else found
    return [each for each in listed if each.get("Sid") != DENIAL]


def is_denied(policy: str | None) -> bool:
    """Whether a text holds our statement. What it forbids, `ControlPlane.may_invoke` decides."""
    return policy is not None and DENIAL in policy
