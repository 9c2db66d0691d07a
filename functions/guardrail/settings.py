"""The environment of a function, read once, with a clear error."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.landing_zone import LandingZone, parse_landing_zone
from guardrail.core.runtimes.response import ResponseMode, parse_mode


@dataclass(frozen=True, slots=True)
class VerifySettings:
    """What `verify_runtime` is told by its environment."""

    zone: LandingZone
    mode: ResponseMode
    state_table: str
    queue_url: str
    dead_letter_queue_url: str
    evidence_bucket: str
    event_bus: str
    topic_arn: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "VerifySettings":
        """Read LANDING_ZONE (JSON), RESPONSE_MODE and the names of what the stack made.

        Raises:
            InvalidInput: A variable is missing or of the wrong form.
        """
        return cls(
            zone=_zone(_required(environ, "LANDING_ZONE")),
            mode=parse_mode("RESPONSE_MODE", _required(environ, "RESPONSE_MODE")),
            state_table=_required(environ, "STATE_TABLE"),
            queue_url=_required(environ, "QUEUE_URL"),
            dead_letter_queue_url=_required(environ, "DEAD_LETTER_QUEUE_URL"),
            evidence_bucket=_required(environ, "EVIDENCE_BUCKET"),
            event_bus=_required(environ, "EVENT_BUS"),
            topic_arn=_required(environ, "TOPIC_ARN"),
        )


@dataclass(frozen=True, slots=True)
class SweepSettings:
    """What `sweep_runtimes` is told by its environment."""

    state_table: str
    queue_url: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "SweepSettings":
        """Read the names of the queue and of the table.

        Raises:
            InvalidInput: A variable is missing.
        """
        return cls(state_table=_required(environ, "STATE_TABLE"), queue_url=_required(environ, "QUEUE_URL"))


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise InvalidInput(f"environment variable {name}", "a value; the stack sets it")
    return value


def _zone(text: str) -> LandingZone:
    try:
        document = json.loads(text)
    except ValueError:
        raise InvalidInput("environment variable LANDING_ZONE", "JSON") from None
    return parse_landing_zone(document)
