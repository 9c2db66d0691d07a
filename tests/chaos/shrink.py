"""Plays a history, and makes a failing one short: what is left is what it takes."""

from hypothesis import settings

from tests.chaos.history import History, random_history
from tests.chaos.world import World

USUAL = 100
"""Cases of a property in `make test` (tests/conftest.py)."""

LONG = settings.default is not None and settings.default.max_examples > USUAL
"""Whether this is a night's run."""


def broken_by(history: History) -> list[str]:
    """Return which laws a history breaks, and how."""
    world = World(history.conditions, history.seed)
    try:
        world.run(history)
    except Exception as error:  # noqa: BLE001  a crash of a flow, or of the simulation, is a finding like any other
        return [f"{type(error).__name__}: {error}", *world.watch.broken]
    return world.watch.broken


def report(seed: int) -> str:
    """Return "" for a history in which all is well, else the shortest part of it that is not, to be played again."""
    history = random_history(seed)
    broken = broken_by(history)
    if not broken:
        return ""
    law = _law(broken[0])
    for position in reversed(range(len(history.deeds))):
        shorter = history.without(position)
        if shorter.deeds and any(_law(each) == law for each in broken_by(shorter)):
            history = shorter
    return f"{history}\n" + "\n".join(broken_by(history))


def _law(broken: str) -> str:
    return broken.partition(":")[0].partition(" of ")[0]
