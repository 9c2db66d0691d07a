"""Everything that one account has in one Region, and how its resources are named."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from guardrail_lab.agentcore.behaviour import Behaviour
from guardrail_lab.agentcore.clock import NEVER, Clock
from guardrail_lab.agentcore.errors import not_found
from guardrail_lab.agentcore.runtime import Runtime
from guardrail_lab.agentcore.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Resource:
    """A harness, tool or capacity provider: what was sent, and when it settles (seconds since 1970)."""

    kind: str
    id: str
    name: str
    arn: str
    sequence: int
    configuration: Mapping[str, Any] = field(repr=False)
    created_at: float
    changed_at: float
    settles_at: float
    version: int = 1
    failure: str | None = None
    gone_at: float = NEVER
    history: tuple["Resource", ...] = field(default=(), repr=False)

    def status(self, at: float) -> str:
        """Return the status at a moment."""
        if self.gone_at != NEVER:
            return "DELETING"
        what = "CREAT" if self.created_at == self.changed_at else "UPDAT"
        if at < self.settles_at:
            return f"{what}ING"
        return f"{what}E_FAILED" if self.failure else "READY"


@dataclass(slots=True)
class Account:
    """The state of one account and Region. All of it but the counter has a past."""

    number: str
    region: str
    partition: str
    clock: Clock
    behaviour: Behaviour
    runtimes: Timeline[Runtime] = field(default_factory=Timeline)
    resources: Timeline[Resource] = field(default_factory=Timeline)
    policies: Timeline[str] = field(default_factory=Timeline)
    tags: Timeline[Mapping[str, str]] = field(default_factory=Timeline)
    _made: int = 0

    def arn(self, path: str) -> str:
        """Return the ARN of a resource, such as ``runtime/ID``."""
        return f"arn:{self.partition}:bedrock-agentcore:{self.region}:{self.number}:{path}"

    def new_id(self, name: str) -> tuple[str, int]:
        """Return NAME-xxxxxxxxxx and the number of the resource in this account; the same again in the same history."""
        self._made += 1
        seed = f"{self.number} {self.region} {name} {self._made}"
        return f"{name}-{hashlib.sha256(seed.encode()).hexdigest()[:10]}", self._made

    def runtime(self, runtime_id: str, at: float) -> Runtime:
        """Return a runtime as of a moment.

        Raises:
            ServiceError: ResourceNotFoundException.
        """
        found = self.runtimes.get(runtime_id, at)
        if found is None or at >= found.gone_at:
            raise not_found("The runtime")
        return found

    def all_runtimes(self, at: float) -> list[Runtime]:
        """Return every runtime that exists at a moment, oldest first."""
        return [runtime for runtime in self.runtimes.values(at) if at < runtime.gone_at]

    def resource(self, kind: str, resource_id: str, at: float) -> Resource:
        """Return a harness, tool or capacity provider as of a moment.

        Raises:
            ServiceError: ResourceNotFoundException.
        """
        found = self.resources.get(resource_id, at)
        if found is None or found.kind != kind or at >= found.gone_at:
            raise not_found(f"The {kind}")
        return found

    def all_resources(self, kind: str, at: float) -> list[Resource]:
        """Return every resource of one kind that exists at a moment, oldest first."""
        return [found for found in self.resources.values(at) if found.kind == kind and at < found.gone_at]

    def exists(self, arn: str, at: float) -> bool:
        """Whether a resource with this ARN exists at a moment."""
        head, _, endpoint = arn.partition("/runtime-endpoint/")
        if ":runtime/" not in arn:
            return any(found.arn == arn and at < found.gone_at for found in self.resources.values(at))
        runtime = self.runtimes.get(head.rsplit("/", 1)[-1], at)
        if runtime is None or runtime.arn != head or at >= runtime.gone_at:
            return False
        return not endpoint or endpoint in {each.name for each in runtime.endpoints_at(at)}
