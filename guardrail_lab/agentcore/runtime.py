"""A runtime, its numbered versions and its endpoints: immutable, and with a status that follows from the time alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from guardrail_lab.agentcore.clock import NEVER

DEFAULT = "DEFAULT"


@dataclass(frozen=True, slots=True)
class Version:
    """One complete configuration. All times in seconds since 1970.

    Attributes:
        settles_at: When it is READY, or has failed if there is a ``failure``.
    """

    number: int
    configuration: Mapping[str, Any] = field(repr=False)
    made_at: float
    settles_at: float
    failure: str | None = None
    gone_at: float = NEVER

    def status(self, at: float) -> str:
        """Return the status at a moment."""
        if self.gone_at != NEVER:
            return "DELETING"
        what = "CREAT" if self.number == 1 else "UPDAT"
        if at < self.settles_at:
            return f"{what}ING"
        return f"{what}E_FAILED" if self.failure else "READY"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A name for a version.

    Attributes:
        before: The version it served before the present target; None for a new endpoint.
        settles_at: When it serves its target, or has given up if there is a ``failure``.
    """

    name: str
    id: str
    sequence: int
    target: int
    before: int | None
    created_at: float
    changed_at: float
    settles_at: float
    description: str | None = None
    failure: str | None = None
    gone_at: float = NEVER

    def live(self, at: float) -> int | None:
        """Return the version that serves at a moment."""
        return self.target if at >= self.settles_at and self.failure is None else self.before

    def status(self, at: float) -> str:
        """Return the status at a moment."""
        if self.gone_at != NEVER:
            return "DELETING"
        what = "CREAT" if self.before is None else "UPDAT"
        if at < self.settles_at:
            return f"{what}ING"
        return f"{what}E_FAILED" if self.failure else "READY"


@dataclass(frozen=True, slots=True)
class Runtime:
    """One runtime.

    Attributes:
        versions: By number; those that are gone stay until somebody looks with ``versions_at``.
        harness: Id of the harness that manages it, or None.
    """

    id: str
    name: str
    arn: str
    workload_identity: str
    created_at: float
    sequence: int
    versions: Mapping[int, Version]
    endpoints: Mapping[str, Endpoint]
    harness: str | None = None
    gone_at: float = NEVER

    @property
    def newest(self) -> Version:
        """The version with the highest number; it cannot be deleted on its own."""
        return self.versions[max(self.versions)]

    def status(self, at: float) -> str:
        """Return the status at a moment: that of the newest version, unless the runtime is being deleted."""
        return "DELETING" if self.gone_at != NEVER else self.newest.status(at)

    def versions_at(self, at: float) -> list[Version]:
        """Return what there is at a moment, oldest first."""
        return [version for _, version in sorted(self.versions.items()) if at < version.gone_at]

    def endpoints_at(self, at: float) -> list[Endpoint]:
        """Return what there is at a moment, oldest first."""
        return [endpoint for endpoint in self.endpoints.values() if at < endpoint.gone_at]
