"""What `verify_runtime` and `sweep_runtimes` are told."""

from collections.abc import Mapping
from dataclasses import dataclass

from guardrail.core.runtimes.landing_zone import LandingZone, parse_landing_zone
from guardrail.core.runtimes.response import ResponseMode, parse_mode
from guardrail.core.runtimes.response_settings import ResponseSettings, parse_response_settings
from guardrail.settings.environment import json_of, required


@dataclass(frozen=True, slots=True)
class VerifySettings:
    """What `verify_runtime` is told by its environment."""

    zone: LandingZone
    mode: ResponseMode
    response: ResponseSettings
    role_arn: str
    state_table: str
    switches_table: str
    events_queue_url: str
    looks_queue_url: str
    dead_letter_queue_url: str
    evidence_bucket: str
    event_bus: str
    topic_arn: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "VerifySettings":
        """Read LANDING_ZONE and RESPONSE (JSON), RESPONSE_MODE and the names of what the stack made.

        Raises:
            InvalidInput: A variable is missing or of the wrong form.
        """
        return cls(
            zone=_zone(required(environ, "LANDING_ZONE")),
            mode=parse_mode("RESPONSE_MODE", required(environ, "RESPONSE_MODE")),
            response=_response(required(environ, "RESPONSE")),
            role_arn=required(environ, "ROLE_ARN"),
            state_table=required(environ, "STATE_TABLE"),
            switches_table=required(environ, "SWITCHES_TABLE"),
            events_queue_url=required(environ, "EVENTS_QUEUE_URL"),
            looks_queue_url=required(environ, "LOOKS_QUEUE_URL"),
            dead_letter_queue_url=required(environ, "DEAD_LETTER_QUEUE_URL"),
            evidence_bucket=required(environ, "EVIDENCE_BUCKET"),
            event_bus=required(environ, "EVENT_BUS"),
            topic_arn=required(environ, "TOPIC_ARN"),
        )

    def source_url(self, queue_arn: str) -> str:
        """Return the URL of the queue that a message came from, given the ARN that Lambda says."""
        from_events = self.events_queue_url.rpartition("/")[2] == queue_arn.rpartition(":")[2]
        return self.events_queue_url if from_events else self.looks_queue_url


@dataclass(frozen=True, slots=True)
class SweepSettings:
    """What `sweep_runtimes` is told by its environment."""

    state_table: str
    looks_queue_url: str
    evidence_bucket: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "SweepSettings":
        """Read the names of the queue, of the table and of the bucket.

        Raises:
            InvalidInput: A variable is missing.
        """
        return cls(
            state_table=required(environ, "STATE_TABLE"),
            looks_queue_url=required(environ, "LOOKS_QUEUE_URL"),
            evidence_bucket=required(environ, "EVIDENCE_BUCKET"),
        )


def _zone(text: str) -> LandingZone:
    return parse_landing_zone(json_of("LANDING_ZONE", text))


def _response(text: str) -> ResponseSettings:
    return parse_response_settings("environment variable RESPONSE", json_of("RESPONSE", text))
