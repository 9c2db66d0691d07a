"""What commands work on, read from files and options: snapshot, landing zone, exemptions, event, moment."""

from datetime import UTC, datetime

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.exemption import NONE, Exemptions, parse_exemptions
from guardrail.core.runtimes.landing_zone import LandingZone, parse_landing_zone
from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.snapshot import parse_snapshot
from guardrail.core.runtimes.trail import TrailEvent, parse_event
from guardrail_cli.source import Source


def read_zone(path: str) -> LandingZone:
    """Read a landing zone from a JSON file.

    Raises:
        GuardrailError: The file cannot be read or holds no zone.
    """
    source = Source(path)
    with source.blamed():
        return parse_landing_zone(source.read_written_by_hand())


def read_exemptions(path: str | None, at: datetime) -> Exemptions:
    """Read exemptions from a JSON file, as they stand at a moment; without a file there are none.

    Raises:
        GuardrailError: The file cannot be read or holds something else.
    """
    if path is None:
        return NONE
    source = Source(path)
    with source.blamed():
        return parse_exemptions(source.read_written_by_hand(), at)


def read_snapshot(path: str | None) -> Snapshot:
    """Read a snapshot from a JSON file or stdin.

    Raises:
        GuardrailError: It cannot be read or is none.
    """
    source = Source(path)
    with source.blamed():
        return parse_snapshot(source.read())


def read_event(path: str | None) -> TrailEvent:
    """Read a CloudTrail event from a JSON file or stdin.

    Raises:
        GuardrailError: It cannot be read or is none.
    """
    source = Source(path)
    with source.blamed():
        return parse_event(source.read())


def parse_moment(text: str | None) -> datetime:
    """Read `--at`: an ISO 8601 time or date, in UTC unless it has an offset; now without one.

    Raises:
        InvalidInput: It is neither.
    """
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput("--at", "an ISO 8601 date or time, such as 2026-12-31 or 2026-12-31T08:00:00Z") from None
