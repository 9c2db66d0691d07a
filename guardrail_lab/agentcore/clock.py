"""Time as the control plane sees it: a function that returns seconds since 1970, real or virtual."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], float]

NEVER = float("inf")


class VirtualClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, now: float = 1_795_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        """Return the time it was last set to, in seconds since 1970."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Go forward."""
        self.now += seconds


def written(seconds: float) -> str:
    """Return a moment as the service writes it: ISO 8601, UTC, milliseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read(text: str) -> float:
    """Return an ISO 8601 moment in seconds since 1970.

    Raises:
        ValueError: It is not one.
    """
    return datetime.fromisoformat(text).timestamp()
