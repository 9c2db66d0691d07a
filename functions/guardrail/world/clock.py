"""The present moment."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return it (UTC)."""
    return datetime.now(UTC)
