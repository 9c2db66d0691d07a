"""A handler's world is put together once, and its clock is that of the world."""

from datetime import UTC, datetime, timedelta

from guardrail.settings.runtimes import SweepSettings, VerifySettings
from guardrail.world.runtimes import sweep_world, verify_world
from tests.functions.guardrail.settings.test_runtimes import SWEEP, VERIFY


def world_of(environ, source="https://sqs/1/events"):
    return verify_world(VerifySettings.from_env(environ), source)


def test_an_execution_environment_puts_its_world_together_once(aws):
    assert world_of(VERIFY) is world_of(VERIFY)
    assert sweep_world(SweepSettings.from_env(SWEEP)) is sweep_world(SweepSettings.from_env(SWEEP))


def test_other_settings_are_another_world(aws):
    assert world_of(VERIFY) is not world_of({**VERIFY, "STATE_TABLE": "another"})
    assert world_of(VERIFY) is not world_of(VERIFY, source="https://sqs/1/looks")


def test_the_clock_tells_the_present_moment_in_utc(aws):
    now = world_of(VERIFY).clock()

    assert now.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)
