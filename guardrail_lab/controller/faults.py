"""Trouble on request: at which call, and of what kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What can go wrong."""

    LATENCY = "latency"
    """The answer comes late, by `seconds`."""
    STATUS = "status"
    """An HTML page of a proxy comes in the place of the answer, with `status`; nothing was done."""
    DROP = "drop"
    """The connection is closed before anything is done."""
    LOSE = "lose"
    """It is done, and the connection is closed in the place of the answer."""
    CUT = "cut"
    """It is done, and the connection is closed in the middle of the answer."""
    GARBLE = "garble"
    """It is done, and the answer is cut off in the middle, though its length is right."""
    EXPIRE = "expire"
    """All sessions end before the call."""
    WRITER = "writer"
    """Somebody else makes `request` (method, path, document) right before the call."""
    REBOOT = "reboot"
    """The controller restarts right before the call: sessions are gone, feature flags are reset."""


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        at: With which call from now on, 0 being the next; None with every one.
        only: Restricts it to calls whose action or path holds this text; `at` then counts those.
        times: With how many calls in a row, from `at` on.
    """

    kind: Kind
    at: int | None = 0
    only: str = ""
    times: int = 1
    seconds: float = 0.0
    status: int = 503
    request: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> "Fault":
        """Read a fault from JSON.

        Raises:
            ValueError: Its kind is none of those.
            TypeError: It has a member that faults do not have, or lacks `kind`.
        """
        return cls(**{**document, "kind": Kind(document.get("kind", ""))})

    def hits(self, name: str) -> bool:
        """Count a call, and say whether the fault is for it."""
        if self.only not in name:
            return False
        if self.at is None:
            return True
        self.at -= 1
        return -self.times <= self.at < 0


class Faults:
    """What is still to go wrong."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Add one to those that are there."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Let everything work again."""
        self._faults = []

    def due(self, name: str) -> list[Fault]:
        """Return what goes wrong with a call, and count it."""
        return [fault for fault in self._faults if fault.hits(name)]
