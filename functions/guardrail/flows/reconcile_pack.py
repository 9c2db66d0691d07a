"""Bring a controller to what a pack says: read, plan, refuse or carry out one call after the other, read again."""

from dataclasses import dataclass
from typing import Any

from guardrail.core.errors import GatewayError
from guardrail.core.evidence import EvidenceRecord, RecordKind
from guardrail.core.firewall.default_action import Permissions, becomes_deny
from guardrail.core.firewall.live import LiveState
from guardrail.core.firewall.plan import Plan, SyncStatus
from guardrail.core.firewall.planned_call import Overtaken, Verb
from guardrail.core.firewall.planning import make_plan
from guardrail.core.firewall.refusal import NOTHING_DONE
from guardrail.core.firewall.saved_plan import is_rest
from guardrail.core.switch import Scope
from guardrail.flows.reconciliation import Report, Task, World, known_names, our_rules, unread

__all__ = ["Report", "Task", "World", "apply_pack", "plan_pack"]

MAX_ROUNDS = 4
"""Plans in one run. Without another writer two are enough: the default action has one of its own."""
_BACKED_OUT = "switch policy is 'backed-out', expected 'engaged'"
_NOT_OURS = "another run has the lease of this controller"


@dataclass(slots=True)
class _Run:
    """How far a run has come: the state that was read last, and the plan that was made from it."""

    task: Task
    world: World
    live: LiveState
    plan: Plan
    writes: int = 0
    stopped: str | None = None
    error: str | None = None
    unread: bool = False


def plan_pack(task: Task, world: World) -> Report:
    """Say what applying the pack would change; change nothing.

    A controller that cannot be read gives a report that says Unknown, and why.
    """
    run = _begun(task, world)
    return run if isinstance(run, Report) else _report(run, run.plan)


def apply_pack(task: Task, world: World) -> Report:
    """Bring the controller to what the pack says.

    Nothing is changed unless the switch is engaged, the lease is ours and the intent is recorded. After a call that
    failed, or that somebody else overtook, the controller is read and planned anew, a bounded number of times.

    Raises:
        GuardrailError: A system of ours failed: switch, lease, or evidence.
    """
    run = _begun(task, world)
    if isinstance(run, Report):
        return run
    first = run.plan
    objection = task.expected.objection(first) if task.expected and first.refused is None else None
    run.stopped = objection or (_why_not(world) if first.calls else None)
    if run.stopped or not first.calls:
        return _report(run, first)
    try:
        _record(RecordKind.FIREWALL_INTENT, run, first)
        _carry_out(run)
        _record(RecordKind.FIREWALL_OUTCOME, run, first)
    finally:
        world.lease.give_back()
    return _report(run, first)


def _begun(task: Task, world: World) -> _Run | Report:
    try:
        live = world.firewall.read(task.bound.attachment_point)
        return _Run(task, world, live, _planned(task, live, world))
    except GatewayError as error:
        return unread(str(error))


def _planned(task: Task, live: LiveState, world: World) -> Plan:
    """Plan; who is affected by a new default action is read only where there is one."""
    gateways = world.firewall.gateways() if becomes_deny(task.bound, live) else ()
    permissions = Permissions(task.accept_controller_wide, task.only_tighten, gateways)
    return make_plan(task.bound, live, task.ownership, permissions)


def _why_not(world: World) -> str | None:
    """Take the lease, or say why nothing may be changed."""
    if not world.engaged(Scope.POLICY):
        return f"{_BACKED_OUT}; nothing was applied"
    return None if world.lease.take() else f"{_NOT_OURS}; nothing was applied"


def _carry_out(run: _Run) -> None:
    """Make the calls of a plan, and of the next one, until nothing is left to do or nothing gets better.

    Where one plan and no other is to be carried out, the next one may only be what is left of it.
    """
    first = run.plan
    for _ in range(MAX_ROUNDS):
        before = run.plan
        run.error = _calls_made(run)
        _plan_anew(run)
        if run.unread:
            return
        if run.task.expected and not run.stopped and not is_rest(run.plan, first):
            run.stopped, run.error = _why_no_more(run), None
            return
        stuck = run.error is not None and run.plan.fingerprint() == before.fingerprint()
        if run.stopped or stuck or not run.plan.calls:
            run.error = run.error if run.plan.calls else None
            return


def _plan_anew(run: _Run) -> None:
    try:
        managed = run.task.bound.manage_default_action
        run.live = run.world.firewall.read_again(run.live, default_action=managed)
        run.plan = _planned(run.task, run.live, run.world)
    except GatewayError as error:
        run.error, run.unread = run.error or str(error), True


def _calls_made(run: _Run) -> str | None:
    """Make the calls of the plan one after the other; return what failed. Every state in between is safe."""
    uuids: dict[str, str] = {}
    for done, call in enumerate(run.plan.calls):
        run.stopped = _why_stop(run, done)
        if run.stopped:
            return None
        try:
            uuid = run.world.firewall.carry_out(call.resolved(uuids), run.live.version)
        except Overtaken as error:
            return str(error)
        except GatewayError as error:
            run.writes += 1  # no answer does not mean that nothing was done
            return str(error)
        run.writes += 1
        if uuid and call.verb is Verb.CREATE_GROUP:
            uuids[call.refers] = uuid
    return None


def _why_stop(run: _Run, done: int) -> str | None:
    so_far = f"stopped after {done} of {len(run.plan.calls)} calls, which leaves no rule half changed"
    if not run.world.engaged(Scope.POLICY):
        return f"{_BACKED_OUT}; {so_far}"
    return None if run.world.lease.held() else f"{_NOT_OURS}; {so_far}"


def _why_no_more(run: _Run) -> str:
    met = f" ({run.error})" if run.error else ""
    done = f"{run.writes} calls were made before" if run.writes else NOTHING_DONE
    return f"the controller changed while the plan was carried out{met}; {done}; plan again for what is left"


def _record(kind: RecordKind, run: _Run, first: Plan) -> None:
    """Record what is intended, or what came of it; without a record nothing is changed."""
    now, subject = run.world.clock(), run.task.subject or run.task.bound.prefix
    name = f"{now:%Y%m%dT%H%M%S.%fZ}-{first.fingerprint().removeprefix('sha256:')[:12]}"
    bound = run.task.bound
    body: dict[str, Any] = {"pack": bound.pack.name, "mode": bound.mode.value, "plan": first.document()}
    if kind is RecordKind.FIREWALL_OUTCOME:
        report = _report(run, first)
        body |= {"sync": report.sync.value, "writes": run.writes, "refused": report.refused, "error": run.error}
        body |= {"live_digest": run.plan.live_digest}
    run.world.evidence.append(EvidenceRecord(kind, subject, name, now, body))


def _why_refused(run: _Run) -> str | None:
    """Of a plan that was made after the first calls it is not true that nothing was applied."""
    why = run.plan.refused
    return why.replace(NOTHING_DONE, f"{run.writes} calls were made before") if why and run.writes else why


def _report(run: _Run, first: Plan) -> Report:
    return Report(
        plan=first,
        sync=SyncStatus.UNKNOWN if run.unread else run.plan.sync,
        refused=run.stopped or _why_refused(run),
        applied=run.writes > 0,
        writes=run.writes,
        rules=our_rules(run.task, run.live),
        known=known_names(run.task, run.live),
        error=run.error,
    )
