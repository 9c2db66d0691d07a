"""When a reconciler may let more through by itself."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.change_window import DAYS, parse_change_window

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
WEEKNIGHTS = {"days": ["mon", "tue"], "hours": "22:00-04:00", "timezone": "UTC"}


def window(**changes):
    return parse_change_window("window", {**WEEKNIGHTS, **changes}, {"UTC": UTC, "Europe/Berlin": BERLIN}.get)


@pytest.mark.parametrize(
    ("changes", "moment", "is_open"),
    [
        pytest.param({}, MONDAY.replace(hour=22), True, id="as it opens"),
        pytest.param({}, MONDAY.replace(hour=21, minute=59), False, id="just before"),
        pytest.param({}, MONDAY + timedelta(days=1, hours=3, minutes=59), True, id="after midnight"),
        pytest.param({}, MONDAY + timedelta(days=1, hours=4), False, id="as it closes"),
        pytest.param({}, MONDAY.replace(hour=3), False, id="Monday's night began on Sunday, when it does not open"),
        pytest.param({}, MONDAY + timedelta(days=2, hours=3), True, id="Tuesday's night ends on Wednesday"),
        pytest.param({"hours": "09:00-17:00"}, MONDAY.replace(hour=12), True, id="by day"),
        pytest.param({"hours": "09:00-17:00"}, MONDAY.replace(hour=17), False, id="by day, as it closes"),
        pytest.param({"hours": "00:00-24:00"}, MONDAY.replace(hour=23, minute=59), True, id="all day"),
        pytest.param({"hours": "00:00-24:00"}, MONDAY + timedelta(days=2), False, id="all day, and then another"),
        pytest.param({"timezone": "Europe/Berlin"}, MONDAY.replace(hour=21), True, id="winter in Berlin"),
        pytest.param({"timezone": "Europe/Berlin"}, datetime(2026, 7, 13, 20, tzinfo=UTC), True, id="summer in Berlin"),
    ],
)
def test_a_window_is_open_on_its_days_between_its_hours_by_its_clock(changes, moment, is_open):
    assert window(**changes).is_open(moment) is is_open


@given(
    st.sets(st.sampled_from(DAYS), min_size=1),
    st.integers(0, 24 * 60 - 1),
    st.integers(1, 24 * 60),
    st.integers(0, 7 * 24 * 60),
)
def test_a_window_is_open_exactly_as_long_as_it_says_from_each_of_its_days_on(days, opens, minutes, minute):
    closes = (opens + minutes) % (24 * 60)
    hours = f"{opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}"
    moment = MONDAY + timedelta(minutes=minute)
    begun = [MONDAY + timedelta(days=n, minutes=opens) for n in range(-7, 8) if DAYS[n % 7] in days]

    expected = any(start <= moment < start + timedelta(minutes=minutes) for start in begun)

    assert window(days=sorted(days), hours=hours).is_open(moment) is expected


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ([], "window: expected an object with days, hours and timezone"),
        ({"days": ["mon"], "hours": "22:00-04:00"}, "window: expected an object with days, hours and timezone"),
        ({**WEEKNIGHTS, "days": []}, "window.days: expected at least one of mon"),
        ({**WEEKNIGHTS, "days": ["Monday"]}, "window.days: expected at least one of mon"),
        ({**WEEKNIGHTS, "days": "mon"}, "window.days: expected at least one of mon"),
        ({**WEEKNIGHTS, "hours": "22-4"}, "window.hours: expected from-to, such as 22:00-04:00"),
        ({**WEEKNIGHTS, "hours": "24:00-04:00"}, "window.hours: expected from-to"),
        ({**WEEKNIGHTS, "timezone": "Mars/Olympus"}, "window.timezone: expected UTC, or a name of the tz database"),
    ],
)
def test_a_window_of_another_form_is_refused(document, error):
    with pytest.raises(InvalidInput) as refused:
        parse_change_window("window", document, {"UTC": UTC}.get)

    assert str(refused.value).startswith(error)
