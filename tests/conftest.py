"""Hypothesis profiles: the default is the same on every run; `make fuzz` explores. Golden files."""

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

from tests.once import begin_run

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "default")
# How fast the machine is decides nothing. What is not said here comes from a profile that Hypothesis chooses by `CI`.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("default", UNHURRIED, max_examples=100, derandomize=True)
settings.register_profile("nightly", UNHURRIED, max_examples=100_000, derandomize=False)
settings.load_profile(PROFILE)
if PROFILE == "default":
    # Hypothesis draws constants of whatever our modules are imported by then: another choice alone than in a whole run.
    providers._get_local_constants = providers.Constants


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew; review their diff")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the file of that name in `golden`, beside the test."""

    def compare(name: str, text: str) -> None:
        path = request.path.parent / "golden" / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), f"{path.name}: --update-golden writes it anew"

    return compare


def pytest_configure(config: pytest.Config) -> None:
    config.add_cleanup(begin_run())
    config.addinivalue_line("markers", "fuzz: a property that `make fuzz` tries with 100,000 cases")
