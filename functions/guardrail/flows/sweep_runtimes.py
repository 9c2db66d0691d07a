"""Ask for a look at every runtime, because events get lost."""

from dataclasses import dataclass

from guardrail.core.runtimes.message import Look, Reason
from guardrail.ports import AgentCore, Queue, State

LOOKS_A_SECOND = 4
"""Each look lists endpoints, and AWS allows an account 5 such lists a second."""

MAX_DELAY_SECONDS = 900
"""The longest delay that SQS takes."""

LOOKS_A_SWEEP = LOOKS_A_SECOND * MAX_DELAY_SECONDS


@dataclass(frozen=True, slots=True)
class World:
    """What this use case needs."""

    agentcore: AgentCore
    state: State
    queue: Queue


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did.

    Attributes:
        asked: Looks that were put on the queue.
        skipped: The queue held more than a whole sweep already; nothing was put on it.
        continues: More runtimes exist; the next sweep goes on with them.
    """

    asked: int
    skipped: bool
    continues: bool


def sweep_runtimes(world: World) -> Swept:
    """List the runtimes and spread one look at each over the next minutes.

    Raises:
        GatewayError: Listing or queueing failed; the next sweep starts where this one did.
    """
    cursor = world.state.cursor()
    runtime_ids, following = world.agentcore.runtime_ids(cursor, LOOKS_A_SWEEP)
    if world.queue.depth() > len(runtime_ids):
        return Swept(0, skipped=True, continues=cursor is not None)
    world.queue.send(
        (Look(runtime_id, Reason.SWEEP), min(position // LOOKS_A_SECOND, MAX_DELAY_SECONDS))
        for position, runtime_id in enumerate(runtime_ids)
    )
    if following != cursor:
        world.state.save_cursor(following)
    return Swept(len(runtime_ids), skipped=False, continues=following is not None)
