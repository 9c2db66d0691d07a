"""What was true when: values by key, each with its past, so that a read can be answered as of some seconds ago."""

from collections.abc import Iterator
from typing import Generic, TypeVar

V = TypeVar("V")

KEPT_SECONDS = 3600.0


class Timeline(Generic[V]):
    """Immutable values that replace each other. A past that is older than an hour is forgotten."""

    def __init__(self) -> None:
        self._past: dict[str, list[tuple[float, V | None]]] = {}

    def put(self, key: str, value: V | None, at: float) -> None:
        """Replace the key's value from now on; None removes it. Keys stay in the order in which they first came."""
        past = self._past.setdefault(key, [])
        past.append((at, value))
        while len(past) > 1 and past[1][0] < at - KEPT_SECONDS:
            del past[0]

    def get(self, key: str, at: float) -> V | None:
        """Return the value as of a moment, None if there was none."""
        for since, value in reversed(self._past.get(key, ())):
            if since <= at:
                return value
        return None

    def values(self, at: float) -> Iterator[V]:
        """Yield all values as of a moment."""
        for key in list(self._past):
            value = self.get(key, at)
            if value is not None:
                yield value
