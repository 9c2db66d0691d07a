"""The breaker: so many changes within a window and no more, and never all of them of one runtime."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Admission(StrEnum):
    """Whether one more change may be made: FULL, nobody's may; HELD, this runtime's has to wait for its own window."""

    ADMITTED = "admitted"
    FULL = "stopped"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Slot:
    """One change that counts.

    Attributes:
        at: When it was begun (UTC).
        subject: Whose change it is, as `Look.subject` has it.
    """

    at: datetime
    subject: str


@dataclass(frozen=True, slots=True)
class Breaker:
    """How many changes are made within any window of that length, of all subjects together."""

    most: int
    window: timedelta

    def counted(self, slots: Iterable[Slot], at: datetime) -> tuple[Slot, ...]:
        """Return the slots that still count."""
        return tuple(slot for slot in slots if at - slot.at < self.window)

    def admits(self, slots: Iterable[Slot], wanted: Slot) -> Admission:
        """Say whether one more change may be made.

        A subject's first change within the window, which is what denies a runtime that drifts, may be any of the
        `most`. Its further ones leave half of them free for the first changes of others. So one that is changed again
        and again keeps nobody else from being denied, and goes on itself by one change in each window that is not full.
        """
        counted = self.counted(slots, wanted.at)
        if len(counted) >= self.most:
            return Admission.FULL
        is_first = all(slot.subject != wanted.subject for slot in counted)
        return Admission.ADMITTED if is_first or len(counted) < self.most - self.most // 2 else Admission.HELD
