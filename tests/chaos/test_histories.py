"""Thousands of random histories, each held to the laws while it happens and to the serial oracle at its end."""

import secrets

import pytest

from tests.chaos.shrink import LONG, report

HISTORIES = 20_000 if LONG else 200
BATCH = 20
FIRST = secrets.randbelow(10**9) if LONG else 0
"""The same histories on every run of `make test`, new ones every night; what fails prints its own seed."""


@pytest.mark.fuzz
@pytest.mark.parametrize("first", range(FIRST, FIRST + HISTORIES, BATCH))
def test_a_history_ends_as_the_serial_oracle_says_and_breaks_no_law_on_its_way(first: int) -> None:
    reports = (report(seed) for seed in range(first, first + BATCH))

    assert next((each for each in reports if each), "") == ""
