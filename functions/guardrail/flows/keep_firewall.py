"""Keep a controller as its pack says: compare, report what drifted, and put back what may be put back now."""

from dataclasses import dataclass, replace
from datetime import datetime

from guardrail.core.errors import GuardrailError
from guardrail.core.firewall.default_action import Permissions
from guardrail.core.firewall.drift import DriftState
from guardrail.core.firewall.healing import lets_more_through
from guardrail.core.firewall.memory import FirewallMemory
from guardrail.core.firewall.plan import SyncStatus
from guardrail.core.firewall.planning import make_plan
from guardrail.core.firewall.saved_plan import saved
from guardrail.core.switch import Scope
from guardrail.flows.keeping import Keeping, World
from guardrail.flows.reconcile_pack import apply_pack, plan_pack
from guardrail.flows.reconciliation import Report, Task
from guardrail.flows.tell_drift import report_drift, tell_drift
from guardrail.ports.firewall import Remembered


@dataclass(frozen=True, slots=True)
class Kept:
    """What a comparison led to. `state` is None while the controller has what the pack says."""

    state: DriftState | None
    report: Report


class NotCompared(GuardrailError):  # noqa: N818  it is what it says
    """The controller could not be read or not be changed: what it has is unknown, which is never in sync."""


def keep_firewall(keeping: Keeping, world: World) -> Kept:
    """Compare, and report or heal a drift. A drift that people were told of is not told again until it changes.

    Raises:
        GuardrailError: The controller, or a system of ours, failed.
    """
    before = world.memories.read()
    found = _known(plan_pack(keeping.task(before.memory), world.reconciler))
    now = world.reconciler.clock()
    if found.sync is SyncStatus.SYNCED and found.refused is None:
        return _in_sync(keeping, before, found, now, world)
    state = _held_back(keeping, before.memory, found, now, world)
    if state is None:
        allowed = _allowed(keeping, before.memory, found, now)
        if allowed is not None:
            return _heal(keeping, allowed, before, found, now, world)
        state = DriftState.WAITING
    told = tell_drift(keeping, before.memory, state, found, now, world)
    if told != before.memory.told:
        world.memories.save(before, replace(before.memory, told=told))
    return Kept(state, found)


def _known(report: Report) -> Report:
    if report.error is not None or report.sync is SyncStatus.UNKNOWN:
        raise NotCompared(report.error or report.refused or "the controller could not be read")
    return report


def _in_sync(keeping: Keeping, before: Remembered, found: Report, at: datetime, world: World) -> Kept:
    """Note what is new: that a drift is over, or that this pack is there although nobody was able to write it down."""
    if before.memory.told:
        report_drift(keeping, DriftState.OVER, found, "", at, world)
    after = keeping.in_place(before.memory, found, at)
    if after != before.memory:
        world.memories.save(before, after)
    return Kept(None, found)


def _held_back(
    keeping: Keeping, memory: FirewallMemory, found: Report, at: datetime, world: World
) -> DriftState | None:
    """Say why nothing is to be changed now, None if it may be."""
    if not world.reconciler.engaged(Scope.POLICY):
        return DriftState.SUSPENDED  # first: a back-out is a drift that somebody wanted
    if found.refused is not None:
        return DriftState.REFUSED
    if not keeping.heal:
        return DriftState.FOUND
    return DriftState.UNSTABLE if memory.is_unstable(at) else None


def _allowed(keeping: Keeping, memory: FirewallMemory, found: Report, at: datetime) -> Task | None:
    """Return what may be applied now: everything, or outside of the change window what lets nothing more through.

    The evaluator is asked about the state that the plan was made from, and exactly the plan that was looked at is
    applied: of another state, or another plan, the answer would be worthless.
    """
    task = keeping.task(memory)
    if keeping.may_loosen(at):
        return task
    live = found.plan.live
    if live is None:
        return None
    if not lets_more_through(keeping.bound, live):
        return replace(task, expected=saved(found.plan))
    plan = make_plan(keeping.bound, live, task.ownership, Permissions(only_tighten=True))
    return replace(task, only_tighten=True, expected=saved(plan)) if plan.calls else None


def _heal(keeping: Keeping, task: Task, before: Remembered, found: Report, at: datetime, world: World) -> Kept:
    healed = _known(apply_pack(task, world.reconciler))
    if healed.refused is not None and not healed.writes:
        return Kept(DriftState.REFUSED, healed)  # another run, or a switch, came in between: the next run will tell
    everything = healed.sync is SyncStatus.SYNCED and not task.only_tighten
    state = DriftState.HEALED if everything else DriftState.HALF_HEALED
    told = tell_drift(keeping, before.memory, state, found, at, world)
    memory = replace(before.memory, told=told, heals=(*before.memory.healed_within_a_day(at), at))
    world.memories.save(before, keeping.in_place(memory, healed, at) if everything else memory)
    return Kept(state, healed)
