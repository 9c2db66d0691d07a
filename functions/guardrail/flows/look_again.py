"""Looking again: at most one look is on the queue for what the response waits for, however many messages came."""

from dataclasses import replace
from datetime import timedelta

from guardrail.core.runtimes.case import LOOK_AGAIN_SECONDS
from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.message import Look
from guardrail.flows.runtime_world import MAX_ATTEMPTS, World


def look_again(look: Look, seconds: int, history: History, world: World) -> History:
    """Put the look on the queue, unless one is there already that is not due yet.

    The time of the newest is kept, so that of two chains of looks that duplicates began one ends.

    Args:
        seconds: Delay; where it is the core's own waiting time, the deployment's stands in for it.
    """
    now = world.clock()
    if is_asked(history, world):
        return history
    delay = world.bounds.wait_seconds if seconds == LOOK_AGAIN_SECONDS else seconds
    world.queue.send([(look, delay)])
    return replace(history, again_at=now + timedelta(seconds=delay))


def is_asked(history: History, world: World) -> bool:
    """Say whether a look is on the queue that is not due yet."""
    return history.again_at is not None and world.clock() < history.again_at


def ask(look: Look, world: World) -> bool:
    """Ask once more what nothing was done about, a bounded number of times. Returns whether it was asked."""
    if look.attempt > MAX_ATTEMPTS:
        return False
    world.queue.send([(look, world.bounds.wait_seconds)])
    return True
