"""One thing goes wrong at any one call of a whole ladder, one call after the other: it ends as if nothing had."""

from functools import cache
from random import Random

import pytest

from tests.chaos.history import Conditions, History
from tests.chaos.scene import contained, drifted_with_two_endpoints
from tests.chaos.shrink import LONG
from tests.chaos.trouble import QUIET, Trouble
from tests.chaos.world import World

SETTLES = {"settle_seconds": 20.0, "endpoint_settle_seconds": 5.0}
SLICES = 8
MEDDLING_SECONDS = 300
"""By then every call of the ladder was made, and whoever meddled with it has done so."""

MEDDLERS = ("exempt", "drift", "merge_policy", "update", "move_endpoint", "delete_policy", "put_policy", "back_out")
STRIDE = 1 if LONG else 3
LAGGING = Trouble(stale=1e-12, lag=120.0)
"""No read is stale by chance; the one that is meant to be is older than the whole ladder."""


@cache
def calls_of_a_whole_ladder(mode: str) -> int:
    """Count them, up to the last one that changes AgentCore, and those that belong to it."""
    world = played(mode)
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
) -> World:
    """One runtime, PUBLIC with an endpoint on it, and what happens at one of the function's calls."""
    trouble = QUIET if stale_at is None else LAGGING
    world = World(Conditions(mode=mode, behaviour=SETTLES, sweep_seconds=1_000_000, trouble=trouble))
    drifted_with_two_endpoints(world)
    way = world.guardrails[0].way
    way.kill_at, way.kill_after, way.stale_at = kill_at, True, stale_at
    way.refused_at, way.lost_at = refused_at, lost_at
    if meddled is not None:
        way.before[meddled[0]] = lambda: world.others.do(meddled[1], Random(meddled[0]))
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
