"""One thing goes wrong at any one call of a whole ladder, one call after the other: it ends as if nothing had."""

from collections.abc import Callable
from functools import cache
from random import Random

import pytest

from tests.chaos.guardrail import PARKED, STATE, Guardrail
from tests.chaos.history import Conditions, History
from tests.chaos.scene import contained, drifted_with_two_endpoints, hidden
from tests.chaos.shrink import LONG
from tests.chaos.trouble import QUIET, Trouble
from tests.chaos.world import World

SETTLES = {"settle_seconds": 20.0, "endpoint_settle_seconds": 5.0, "served_versions_deletable": True}
SLICES = 8
Scene = Callable[[World], str]
MEDDLING_SECONDS = 300
"""By then every call of the ladder was made, and whoever meddled with it has done so."""

MEDDLERS = (
    "exempt",
    "drift",
    "merge_policy",
    "update",
    "move_endpoint",
    "delete_policy",
    "put_policy",
    "back_out",
    "delete_version",
)
STRIDE = 1 if LONG else 3
LAGGING = Trouble(stale=1e-12, lag=120.0)
"""No read is stale by chance; the one that is meant to be is older than the whole ladder."""


@cache
def calls_of_a_whole_ladder(mode: str, scene: Scene = drifted_with_two_endpoints) -> int:
    """Count them, up to the last one that changes AgentCore, and those that belong to it."""
    world = played(mode, scene=scene)
    last = max(number for number, call in enumerate(world.guardrails[0].way.calls) if is_change(call))
    return last + 8


def is_change(call: str) -> bool:
    return call.startswith(("agentcore.put", "agentcore.update", "agentcore.delete"))


def played(
    mode: str,
    kill_at: int | None = None,
    stale_at: int | None = None,
    refused_at: int | None = None,
    lost_at: int | None = None,
    meddled: tuple[int, str] | None = None,
    closed: bool = False,
    scene: Scene = drifted_with_two_endpoints,
) -> World:
    """One runtime, PUBLIC with an endpoint on it if nothing else is said, and what happens at one call."""
    trouble = QUIET if stale_at is None else LAGGING
    world = World(Conditions(mode=mode, behaviour=SETTLES, sweep_seconds=1_000_000, trouble=trouble))
    scene(world)
    way = world.guardrails[0].way
    way.kill_at, way.kill_after, way.stale_at = kill_at, True, stale_at
    way.refused_at, way.lost_at = refused_at, lost_at
    if meddled is not None:
        way.before[meddled[0]] = lambda: world.others.do(meddled[1], Random(meddled[0]))
        world.busy_until(world.began + MEDDLING_SECONDS)
    if closed:
        world.close_buckets(closed=True)
        world.busy_until(world.began + MEDDLING_SECONDS)
    world.run(History(0, world.conditions, ()))
    return world


@pytest.mark.parametrize("mode", ["REPAIR", "QUARANTINE"])
@pytest.mark.parametrize("part", range(SLICES))
def test_a_function_that_is_killed_after_any_of_its_calls_ends_where_it_would_have_ended(mode: str, part: int) -> None:
    for number in range(part, calls_of_a_whole_ladder(mode), SLICES):
        world = played(mode, number)

        assert "illed" in world.guardrails[0].failures[0]
        assert world.watch.broken == [], f"killed after call {number}: {world.guardrails[0].way.calls[number]}"
        assert contained(world, mode), f"killed after call {number}: {world.guardrails[0].way.calls[number]}"
        assert world.watch.made[-1].at < world.began + world.conditions.sweep_seconds, "only the next sweep ended it"


@pytest.mark.parametrize("mode", ["REPAIR", "QUARANTINE"])
def test_killed_at_any_call_it_contains_an_endpoint_whose_version_was_deleted(mode: str) -> None:
    for number in range(calls_of_a_whole_ladder(mode, hidden)):
        world = played(mode, number, scene=hidden)

        assert world.watch.broken == [], f"killed after call {number}: {world.guardrails[0].way.calls[number]}"
        assert contained(world, mode), f"killed after call {number}: {world.guardrails[0].way.calls[number]}"
        assert world.watch.made[-1].at < world.began + world.conditions.sweep_seconds, "only the next sweep ended it"


@cache
def calls_until_every_record_was_moved() -> int:
    """Count them where the bucket takes nothing during the whole ladder."""
    calls = played("REPAIR", closed=True).guardrails[0].way.calls
    return max(number for number, call in enumerate(calls) if call == "dynamodb.delete_item") + 1


@pytest.mark.parametrize("part", range(SLICES))
def test_while_the_bucket_takes_nothing_no_record_is_lost_by_whoever_is_killed_after_a_call(part: int) -> None:
    for number in range(part, calls_until_every_record_was_moved(), SLICES):
        world = played("REPAIR", number, closed=True)

        guardrail = world.guardrails[0]
        place = f"killed after call {number}: {guardrail.way.calls[number]}"
        assert any("illed" in failure for failure in guardrail.failures)
        assert world.watch.broken == [], place
        assert contained(world, "REPAIR"), place
        assert claimed(guardrail) <= guardrail.bucket.objects.keys(), place
        assert not parked(guardrail), place


def claimed(guardrail: Guardrail) -> set[str]:
    """Keys of the records of which a finding says that they are in the table."""
    places = [detail["evidence"] for _, detail in guardrail.told.events]
    return {place.partition(PARKED)[2] for place in places if PARKED in place}


def parked(guardrail: Guardrail) -> list[str]:
    return [key for (key,) in guardrail.tables.tables[STATE] if key.startswith(PARKED)]


@pytest.mark.parametrize("part", range(SLICES))
def test_any_one_answer_that_is_lost_though_the_call_took_effect_changes_nothing_about_the_end(part: int) -> None:
    for number in range(part, calls_of_a_whole_ladder("REPAIR"), SLICES):
        world = played("REPAIR", lost_at=number)

        call = world.guardrails[0].way.calls[number]
        assert world.watch.broken == [], f"lost answer {number}: {call}"
        assert contained(world, "REPAIR"), f"lost answer {number}: {call}"
        assert world.watch.made[-1].at < world.began + world.conditions.sweep_seconds, f"only a sweep, {number}: {call}"


@pytest.mark.parametrize("mode", ["REPAIR", "QUARANTINE"])
@pytest.mark.parametrize("part", range(SLICES))
def test_any_one_read_that_is_older_than_the_ladder_changes_nothing_about_its_end(mode: str, part: int) -> None:
    for number in range(part, calls_of_a_whole_ladder(mode), SLICES):
        world = played(mode, stale_at=number)

        assert world.watch.broken == [], f"stale call {number}: {world.guardrails[0].way.calls[number]}"
        assert contained(world, mode), f"stale call {number}: {world.guardrails[0].way.calls[number]}"


def test_any_one_read_that_is_refused_is_unknown_and_lets_nothing_go() -> None:
    calls = played("REPAIR").guardrails[0].way.calls
    reads = [number for number in range(calls_of_a_whole_ladder("REPAIR")) if calls[number].startswith("agentcore.get")]
    for number in reads:
        world = played("REPAIR", refused_at=number)

        assert world.watch.broken == [], f"refused call {number}: {calls[number]}"


@pytest.mark.parametrize("meddler", MEDDLERS)
def test_somebody_who_writes_between_any_two_calls_is_never_overruled_by_what_was_seen_before(meddler: str) -> None:
    first = MEDDLERS.index(meddler) % STRIDE
    for number in range(first, calls_of_a_whole_ladder("REPAIR"), STRIDE):
        world = played("REPAIR", meddled=(number, meddler))

        assert world.watch.broken == [], f"{meddler} before call {number}: {world.guardrails[0].way.calls[number]}"
