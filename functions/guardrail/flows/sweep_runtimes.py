"""Ask for a look at every runtime and tool, because events get lost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from guardrail.core.errors import GatewayError
from guardrail.core.runtimes.message import Look, Reason
from guardrail.core.runtimes.tool import ToolKind
from guardrail.ports.runtimes import AgentCore, Queue, State
from guardrail.ports.shared import Evidence

LOOKS_A_SECOND = 4
"""Each look lists endpoints, and AWS allows an account 5 such lists a second."""

MAX_DELAY_SECONDS = 900
"""The longest delay that SQS takes."""

RECORDS_A_SWEEP = 200
"""The oldest come first."""

REFUSALS_A_SWEEP = 3
"""A bucket that refuses more often takes none."""

LOOKS_A_SWEEP = LOOKS_A_SECOND * MAX_DELAY_SECONDS

BACKLOG = LOOKS_A_SECOND * 60
"""Less than a minute's looks are no backlog: some runtimes that are being changed must not hide the others."""


@dataclass(frozen=True, slots=True)
class World:
    """What this use case needs."""

    agentcore: AgentCore
    state: State
    evidence: Evidence
    queue: Queue


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did.

    Attributes:
        asked: Looks that were put on the queue.
        skipped: More looks than a whole sweep's, and a backlog, waited already; nothing was asked. Events that wait are
            no reason: anybody can make them.
        continues: More runtimes exist; the next sweep goes on with them.
        moved: Records that the bucket had refused and that it holds now.
        waiting: Records that it still refuses, or that are left to the next sweep; all of them are counted, though
            what was parked during the sweep may be missing.
    """

    asked: int
    skipped: bool
    continues: bool
    moved: int = 0
    waiting: int = 0


def sweep_runtimes(world: World) -> Swept:
    """List the runtimes and spread one look at each over the next minutes; then move the records that wait.

    At the end, where no more runtimes exist, come the tools: if they cannot be listed, all else is done.

    Raises:
        GatewayError: Listing or queueing failed, and the next sweep starts where this one did; or the records that wait
            could not be found, and all else is done.
    """
    swept = _ask(world)
    try:
        parked = world.state.parked(RECORDS_A_SWEEP)
        moved = _move(parked.keys, world)
    finally:
        tools = 0 if swept.skipped or swept.continues else _ask_about_tools(swept.asked, world)
    return replace(swept, asked=swept.asked + tools, moved=moved, waiting=parked.count - moved)


def _move(keys: Sequence[str], world: World) -> int:
    """Move records to the bucket, and return how many it took; a few that it never takes do not hold back the rest."""
    moved = refused = 0
    for key in keys:
        try:
            world.state.unpark(key, world.evidence.store)
            moved += 1
        except GatewayError:
            refused += 1
        if refused > REFUSALS_A_SWEEP:
            break
    return moved


def _ask(world: World) -> Swept:
    cursor = world.state.cursor()
    runtime_ids, following = world.agentcore.runtime_ids(cursor, LOOKS_A_SWEEP)
    if world.queue.depth() > max(len(runtime_ids), BACKLOG):
        return Swept(0, skipped=True, continues=cursor is not None)
    _spread([Look(runtime_id, Reason.SWEEP) for runtime_id in runtime_ids], 0, world)
    if following != cursor:
        world.state.save_cursor(following)
    return Swept(len(runtime_ids), skipped=False, continues=following is not None)


def _ask_about_tools(before: int, world: World) -> int:
    """Ask for a look at every tool, after so many looks at runtimes; return how many. There are few: no cursor."""
    looks = [Look(tool_id, Reason.SWEEP, tool=kind) for kind in ToolKind for tool_id in world.agentcore.tool_ids(kind)]
    _spread(looks, before, world)
    return len(looks)


def _spread(looks: Sequence[Look], before: int, world: World) -> None:
    """Put looks on the queue, so many a second, behind those that are there already."""
    world.queue.send(
        (look, min(position // LOOKS_A_SECOND, MAX_DELAY_SECONDS)) for position, look in enumerate(looks, before)
    )
