"""Looking again: the queue holds one look that is due as soon as it is needed, however many messages came."""

from dataclasses import replace
from datetime import timedelta

from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.message import Look
from guardrail.flows.runtime_world import MAX_ATTEMPTS, World

NEAR_SECONDS = 5
"""Two looks for one deadline are not computed to be due in the same second."""


def look_again(look: Look, seconds: int, history: History, world: World) -> History:
    """Put the look on the queue, unless one is there already that is due by then, or `NEAR_SECONDS` later.

    The time of the earliest is kept. A later one that is there already goes on only if none is on the queue when it is
    due, so that of two chains of looks one ends.

    Args:
        seconds: Delay.
    """
    now = world.clock()
    if is_asked(history, seconds, world):
        return history
    world.queue.send([(look, seconds)])
    return replace(history, again_at=now + timedelta(seconds=seconds))


def is_asked(history: History, seconds: int, world: World) -> bool:
    """Say whether a look is on the queue that is not due yet, and will be within about so many seconds."""
    now = world.clock()
    return history.again_at is not None and now < history.again_at <= now + timedelta(seconds=seconds + NEAR_SECONDS)


def ask(look: Look, world: World) -> bool:
    """Ask once more what nothing was done about, a bounded number of times. Returns whether it was asked.

    Nothing remembers it, so that each of many events may ask: it waits where they do, not among the looks.
    """
    if look.attempt > MAX_ATTEMPTS:
        return False
    world.queue.send_back(look, world.bounds.wait_seconds)
    return True
