"""A step: the one next change towards containment, as the exact calls that make it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class StepKind(StrEnum):
    """What a step does."""

    DENY_INVOCATION = "deny-invocation"
    REPAIR_NETWORK = "repair-network"
    MOVE_ENDPOINT = "move-endpoint"
    LIFT_DENIAL = "lift-denial"
    WAIT = "wait"
    ESCALATE = "escalate"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Call:
    """One request to AgentCore's control plane.

    Attributes:
        operation: The API's name, such as UpdateAgentRuntime.
        parameters: As the SDK takes them. They may hold environment variables: never logged, never in evidence.
        otherwise: What to send instead when the service answers ValidationException to this request, or None. Of the
            two at most one takes effect.
        otherwise_if: Words that the refusal has to contain for that; "" when any ValidationException will do.
    """

    operation: str
    parameters: Mapping[str, Any] = field(repr=False)
    otherwise: "Call | None" = None
    otherwise_if: str = ""

    service = "bedrock-agentcore-control"


@dataclass(frozen=True, slots=True)
class Denial:
    """The way back from a denial.

    Attributes:
        found: The text of the resource policy before the denial, byte for byte; None when there was none.
        missed: When the denial was first not seen on a runtime that needs none any more (UTC), or None.
    """

    found: str | None
    missed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One change that was begun; whether it took effect, live state says.

    Attributes:
        at: When it was begun (UTC).
        version: The offending version of a repair; the version that an endpoint is moved to.
        endpoint: The endpoint that is moved, or None.
        refused: Why the service refuses it for good, such as `ValidationException: Authorizer already exists`; "" when
            it did not. What may succeed later (throttling, 5xx, ConflictException) is no refusal.
        since: From when on a resource policy of somebody else's may have been overwritten by it (UTC); None when it
            writes none, or when people were told of one.
    """

    at: datetime
    kind: StepKind
    version: int | None = None
    endpoint: str | None = None
    refused: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """The next step for one runtime.

    Attributes:
        call: The one change, or None for WAIT, ESCALATE and NONE.
        version: The offending version of a repair (the repaired one is the next number); the version that an endpoint
            is moved to; else None.
        endpoint: The endpoint that is moved, or None.
        why: A line for people: why this, or why a person has to act.
        delay_seconds: When to look again afterwards; None when there is nothing to wait for.
        seen: What must be the same right before the call: members of Get's answer for what the call replaces, None for
            an absent one. Empty when it is not compared.
        way_back: What a denial has to remember, or None.
    """

    kind: StepKind
    why: str
    call: Call | None = None
    version: int | None = None
    endpoint: str | None = None
    delay_seconds: int | None = None
    seen: Mapping[str, str | None] = field(default_factory=dict, repr=False)
    way_back: Denial | None = field(default=None, repr=False)

    @property
    def changes_something(self) -> bool:
        """Whether taking it is a call that changes AgentCore."""
        return self.call is not None
