"""When a reconciler may let more through by itself: on these days, between these hours, by this clock."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from typing import Any

from guardrail.core.errors import InvalidInput

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KEYS = ("days", "hours", "timezone")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", re.ASCII)


@dataclass(frozen=True, slots=True)
class ChangeWindow:
    """Some hours of some days.

    Attributes:
        days: Of the week on which it opens, Monday is 0.
        opens, closes: Local times; the second is outside. When it is not later than the first, it is the next day's.
        zone: Whose local time.
    """

    days: frozenset[int]
    opens: time
    closes: time
    zone: tzinfo

    def is_open(self, moment: datetime) -> bool:
        """Say whether a moment (with an offset) is inside. What began before midnight belongs to the day before."""
        local = moment.astimezone(self.zone)
        today, yesterday, now = local.weekday(), (local.weekday() - 1) % 7, local.time()
        if self.opens < self.closes:
            return today in self.days and self.opens <= now < self.closes
        return (today in self.days and now >= self.opens) or (yesterday in self.days and now < self.closes)


def parse_change_window(where: str, document: Any, zone_named: Callable[[str], tzinfo | None]) -> ChangeWindow:
    """Read `{"days": ["mon", …], "hours": "22:00-04:00", "timezone": "Europe/Berlin"}`.

    Args:
        zone_named: Finds a time zone of the tz database, None if there is none of that name.

    Raises:
        InvalidInput: It is something else, or there is no such time zone.
    """
    if not isinstance(document, Mapping) or set(document) != set(KEYS):
        raise InvalidInput(where, "an object with days, hours and timezone")
    days, hours = document["days"], _HOURS.fullmatch(str(document["hours"]))
    if not isinstance(days, list) or not days or not all(day in DAYS for day in days):
        raise InvalidInput(f"{where}.days", "at least one of " + ", ".join(DAYS))
    if hours is None:
        raise InvalidInput(f"{where}.hours", "from-to, such as 22:00-04:00 or 00:00-24:00")
    zone = zone_named(str(document["timezone"]))
    if zone is None:
        raise InvalidInput(f"{where}.timezone", "UTC, or a name of the tz database such as Europe/Berlin")
    opens, closes = time(int(hours[1]), int(hours[2])), time(int(hours[3] or 0), int(hours[4] or 0))
    return ChangeWindow(frozenset(map(DAYS.index, days)), opens, closes, zone)
