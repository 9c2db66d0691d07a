"""Apply the pack because somebody decided so: a deploy, or a command. No change window holds that back."""

from collections import Counter
from dataclasses import replace

from guardrail.core.firewall.memory import FirewallMemory
from guardrail.core.firewall.plan import Plan, SyncStatus
from guardrail.flows.keeping import Keeping, World
from guardrail.flows.reconcile_pack import apply_pack, plan_pack
from guardrail.flows.reconciliation import Report
from guardrail.ports.firewall import Remembered

_MOST_NAMED = 8


def plan_now(keeping: Keeping, world: World) -> Report:
    """Say what applying the pack would change; change nothing."""
    return plan_pack(keeping.task(world.memories.read().memory), world.reconciler)


def apply_now(keeping: Keeping, world: World) -> Report:
    """Apply the pack and remember what came of it. That it was tried, and with which names, is remembered first.

    Raises:
        GuardrailError: A system of ours failed.
    """
    before = world.memories.read()
    registry = before.memory.registry.knowing(keeping.bound.names())
    tried = _saved(before, replace(before.memory, attempted=keeping.digest, registry=registry), world)
    report = apply_pack(keeping.task(before.memory), world.reconciler)
    if report.sync is SyncStatus.SYNCED and report.refused is None:
        now = world.reconciler.clock()
        _saved(tried, replace(keeping.in_place(tried.memory, report, now), heals=()), world)
    elif not report.writes:
        _saved(tried, before.memory, world)  # nothing was tried after all
    return report


def deploy_pack(keeping: Keeping, world: World) -> tuple[Report, str | None]:
    """Apply the pack and return the report, and in one line why the deploy has to fail, None if it has not.

    A roll-back asks for what was applied last. When the controller cannot be asked, or is backed out, there is nothing
    that it could bring back; to fail it would leave the stack stuck.

    Raises:
        GuardrailError: A system of ours failed.
    """
    settled = world.memories.read().memory.settled_on(keeping.digest)
    report = apply_now(keeping, world)
    if report.sync is SyncStatus.SYNCED and report.refused is None and report.error is None:
        return report, None
    failure = report.error or report.refused or "the controller does not have what the pack says"
    if settled and not report.writes:
        return report, None
    return report, f"{failure}. {told(report.plan)}"


def told(plan: Plan) -> str:
    """Return a plan in one line."""
    counts = Counter(change.action.value for change in plan.changes)
    named = [f"{change.action.value} {change.address}" for change in plan.changes[:_MOST_NAMED]]
    more = [f"and {len(plan.changes) - _MOST_NAMED} more"] if len(plan.changes) > _MOST_NAMED else []
    counted = ", ".join(f"{counts[action]} {action}" for action in ("create", "update", "delete"))
    listed = f": {', '.join([*named, *more])}" if named else ""
    return f"Plan: {len(plan.changes)} to change ({counted}), {plan.unchanged} unchanged{listed}"


def _saved(before: Remembered, memory: FirewallMemory, world: World) -> Remembered:
    return before if memory == before.memory else world.memories.save(before, memory)
