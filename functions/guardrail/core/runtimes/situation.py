"""What has to be known about a runtime, beside what is judged, before it can be changed without losing anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Situation:
    """One runtime as AgentCore has it. Read only when something has to be done.

    Attributes:
        newest: GetAgentRuntime's whole answer for the newest version, dates as ISO 8601 text, or None when it could not
            be read. It holds environment variables: never logged, never in evidence, hence not in the repr.
        endpoints: ListAgentRuntimeEndpoints' items, whole.
        resource_policy: The text of the resource policy on the runtime's ARN; None when there is none.
        unreadable: What could not be read: `newest`, `resource_policy`, `stack` or `harness` -> error code. Nothing is
            changed on what is unknown.
        stack: Name of the CloudFormation stack that owns the runtime, or None.
        harness: Id of the harness that manages the runtime, or None.
        updatable: The members that this SDK's UpdateAgentRuntime takes; None when not known.
    """

    newest: Mapping[str, Any] | None = field(repr=False)
    endpoints: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    resource_policy: str | None = field(default=None, repr=False)
    unreadable: Mapping[str, str] = field(default_factory=dict)
    stack: str | None = None
    harness: str | None = None
    updatable: frozenset[str] | None = None
