"""The breaker: no more changes than may be in any window, and no one runtime that stops all the others."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.runtimes.breaker import Admission, Breaker, Slot
from tests.builders import NOW

MINUTES = timedelta(minutes=5)
ADMITTED, FULL, HELD = Admission.ADMITTED, Admission.FULL, Admission.HELD


def slots(subjects, seconds=0):
    return [Slot(NOW + timedelta(seconds=seconds), subject) for subject in subjects]


@pytest.mark.parametrize(
    ("most", "made", "wanted", "expected"),
    [
        pytest.param(10, "", "a", ADMITTED, id="the first of all"),
        pytest.param(10, "aaaa", "a", ADMITTED, id="the fifth of one runtime"),
        pytest.param(10, "aaaaa", "a", HELD, id="the sixth of one runtime"),
        pytest.param(10, "aaaaa", "b", ADMITTED, id="somebody else's first"),
        pytest.param(10, "aaaab", "b", HELD, id="somebody else's second, where one took what is for further ones"),
        pytest.param(10, "abcdefgh", "a", HELD, id="a further one, where eight were changed"),
        pytest.param(10, "abcdefghi", "j", ADMITTED, id="the tenth runtime"),
        pytest.param(10, "abcdefghij", "k", FULL, id="the eleventh runtime"),
        pytest.param(10, "abcdefghij", "a", FULL, id="a further one, where ten were changed"),
        pytest.param(3, "aa", "a", HELD, id="of three, two"),
        pytest.param(2, "a", "a", HELD, id="of two, one"),
        pytest.param(1, "a", "b", FULL, id="of one, one"),
    ],
)
def test_a_first_change_may_be_any_and_a_further_one_leaves_half_of_them_to_others(most, made, wanted, expected):
    assert Breaker(most, MINUTES).admits(slots(made), Slot(NOW, wanted)) is expected


@pytest.mark.parametrize(("seconds", "expected"), [(299.9, FULL), (300, ADMITTED)])
def test_what_is_older_than_the_window_counts_no_more(seconds, expected):
    breaker, at = Breaker(3, MINUTES), NOW + timedelta(seconds=seconds)

    assert breaker.admits(slots("abc"), Slot(at, "a")) is expected
    assert len(breaker.counted(slots("abc"), at)) == (3 if expected is FULL else 0)


@given(st.integers(1, 12), st.lists(st.tuples(st.integers(0, 120), st.sampled_from("abcdefghijkl")), max_size=80))
def test_whatever_is_asked_no_window_holds_too_many_and_few_runtimes_never_stop_the_others(most, asked):
    breaker, at, admitted = Breaker(most, MINUTES), NOW, []
    for seconds, subject in asked:
        at += timedelta(seconds=seconds)
        counted = breaker.counted(admitted, at)
        admission = breaker.admits(admitted, Slot(at, subject))
        if admission is ADMITTED:
            admitted.append(Slot(at, subject))
        if admission is FULL:
            assert len({slot.subject for slot in counted}) > most // 2
        assert len(breaker.counted(admitted, at)) <= most


@given(st.integers(1, 12), st.lists(st.integers(0, 400), max_size=60))
def test_one_runtime_alone_takes_half_a_window_at_most_and_goes_on_in_the_next(most, waits):
    breaker, at, admitted = Breaker(most, MINUTES), NOW, []
    for seconds in waits:
        at += timedelta(seconds=seconds)
        if breaker.admits(admitted, Slot(at, "a")) is ADMITTED:
            admitted.append(Slot(at, "a"))
        assert 1 <= len(breaker.counted(admitted, at)) <= most - most // 2
