"""An AgentCore runtime as it is now: its endpoints, the versions they serve, and where each version is placed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from guardrail.core.runtimes.situation import Situation
from guardrail.core.runtimes.tool import ToolKind

DEFAULT_ENDPOINT = "DEFAULT"
NOT_FOUND = "ResourceNotFoundException"
"""What AgentCore says of a version that does not exist."""


class PlacementMember(StrEnum):
    """The members of AgentCore's answer that say where a version runs."""

    NETWORK_MODE = "networkMode"
    SUBNETS = "subnets"
    SECURITY_GROUPS = "securityGroups"
    SERVICE_S3_ENDPOINT = "requireServiceS3Endpoint"
    CAPACITY_PROVIDER = "capacityProviderArn"


@dataclass(frozen=True, slots=True)
class NetworkPlacement:
    """Where a version runs.

    Attributes:
        mode: PUBLIC, VPC, any other string the service sends, or None when absent.
        subnets, security_groups: Ids; empty when absent.
        service_s3_endpoint: `requireServiceS3Endpoint`, or None when absent.
        capacity_provider: ARN of the Instances compute that runs it, or None.
        malformed: Members whose value has an unexpected type: they are unknown, not absent.
        unknown: Members that this code does not know; noted, never judged.
    """

    mode: str | None
    subnets: frozenset[str] = frozenset()
    security_groups: frozenset[str] = frozenset()
    service_s3_endpoint: bool | None = None
    capacity_provider: str | None = None
    malformed: tuple[PlacementMember, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuntimeVersion:
    """One immutable version.

    Attributes:
        created_at: None when missing or not a time.
        max_lifetime: Seconds that a session may live, or None when not known.
    """

    number: int
    placement: NetworkPlacement
    created_at: datetime | None = None
    max_lifetime: int | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A name that callers invoke. While an update runs, it still serves `live` and will serve `target`."""

    name: str
    live: int | None = None
    target: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class Unread:
    """Something that could not be read, and why: an AWS error code or a few words of ours."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A version that an endpoint serves or will serve, and that does not exist, as AgentCore says.

    Attributes:
        endpoints: Names of those endpoints, sorted.
    """

    version: int
    endpoints: tuple[str, ...]

    @property
    def line(self) -> str:
        """What people are told."""
        names, one = ", ".join(self.endpoints), len(self.endpoints) == 1
        who = f"endpoint {names} serves" if one else f"endpoints {names} serve"
        what = "it serves" if one else "they serve"
        return f"{who} version {self.version}, which no longer exists: what {what} cannot be judged"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One runtime at one moment, as far as it could be read.

    Attributes:
        runtime_id, runtime_arn, name: None when nothing that was read names them.
        endpoints: Those that could be read.
        versions: The versions that could be read, by number.
        unread_versions: Why a version could not be read, by number.
        newest: The greatest version number that anything mentions, or None.
        unread: The runtime itself and endpoints that could not be read.
        in_transition: The service is still creating, updating or deleting; another look will see more.
        situation: What a change has to know beside; None when it was not read.
        tool: It is a tool of this kind, which has one version; None for a runtime.
    """

    account: str
    region: str
    runtime_id: str | None
    runtime_arn: str | None
    name: str | None
    endpoints: tuple[Endpoint, ...]
    versions: Mapping[int, RuntimeVersion]
    unread_versions: Mapping[int, str]
    newest: int | None
    unread: tuple[Unread, ...] = ()
    in_transition: bool = False
    situation: Situation | None = None
    tool: ToolKind | None = None

    def reachable(self) -> dict[int, tuple[str, ...]]:
        """Return every version that traffic can reach, ascending, with the sorted names of the endpoints to it.

        Live and target versions of every endpoint count, and the newest one even when no endpoint serves it yet.
        """
        names: dict[int, set[str]] = {}
        for endpoint in self.endpoints:
            for number in (endpoint.live, endpoint.target):
                if number is not None:
                    names.setdefault(number, set()).add(endpoint.name)
        if self.newest is not None:
            names.setdefault(self.newest, set())
        return {number: tuple(sorted(names[number])) for number in sorted(names)}

    def missing(self) -> tuple[Missing, ...]:
        """Return the versions that an endpoint serves or will serve and that do not exist, ascending.

        Of a runtime that could not be read itself none is told: its versions may be there.
        """
        if not self.unread_versions or any(unread.what == "runtime" for unread in self.unread):
            return ()
        return tuple(
            Missing(number, endpoints)
            for number, endpoints in self.reachable().items()
            if endpoints and self.unread_versions.get(number) == NOT_FOUND
        )
