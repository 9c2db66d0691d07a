"""The response ladder: which one change comes next, decided from live state alone."""

from collections.abc import Callable
from datetime import datetime

from guardrail.core.runtimes.case import LOOK_AGAIN_SECONDS, Case, nothing, wait
from guardrail.core.runtimes.denying import deny, lift
from guardrail.core.runtimes.grace import acting, warned
from guardrail.core.runtimes.history import GONE, PATIENCE, History
from guardrail.core.runtimes.mending import blocked, move, repair, unchangeable
from guardrail.core.runtimes.missing import certain_from, still_missing
from guardrail.core.runtimes.response import ResponseMode, ResponsePolicy
from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.step import Step, StepKind
from guardrail.core.runtimes.verdict import Compliance, Verdict

LONGEST_WAIT_SECONDS = 900
"""The longest delay that SQS takes; the sweep looks at what is further away."""

LOST_DENIALS = 3
"""Within the policy's window; whoever removes as many would keep the runtime from being repaired, too."""


def is_called_for(verdict: Verdict, policy: ResponsePolicy, history: History, *, at: datetime) -> bool:
    """Say whether there may be something to do, so that the situation is worth reading.

    A runtime that was never seen counts, and one that was gone and is back, which only a stale answer can have said:
    a denial that is not remembered may still be in place.
    """
    if policy.mode is ResponseMode.OBSERVE:
        return False
    remembered = history.denial or history.digest in ("", GONE)
    to_be_told = history.is_long_unread(at) and not history.escalated
    return bool(remembered or to_be_told or verdict.missing or acting(verdict, policy, history, at))


def next_step(snapshot: Snapshot, verdict: Verdict, policy: ResponsePolicy, history: History, *, at: datetime) -> Step:
    """Return the one next change towards containment, or why there is none.

    In REPAIR: deny every invocation, repair the newest version, move each named endpoint to it, lift the denial. In
    QUARANTINE: deny, and lift when the owner has repaired. OBSERVE changes nothing. A tool is left to people at once.
    A version that an endpoint serves and that no longer exists counts like one that breaks a rule.
    Only what live state shows decides, so the same state gives the same step however often and after whatever crash it
    is asked for. Whenever a person has to act, the denial is in place, unless it is the denial that cannot be made;
    then what can be repaired is.

    Args:
        snapshot: With its situation; without one nothing is changed.
        verdict: The snapshot's, with the exemptions that hold `at` this moment.
        at: The present moment (UTC).
    """
    if policy.mode is ResponseMode.OBSERVE:
        return nothing("the guardrail runs in OBSERVE")
    if snapshot.situation is None:
        return nothing("what a change has to know was not read")
    violations = acting(verdict, policy, history, at)
    missing = still_missing(verdict, history, at)
    case = Case(snapshot, snapshot.situation, verdict, policy, history, at, violations, missing)
    return next(step for rung in _RUNGS if (step := rung(case)) is not None)


def _at_rest(case: Case) -> Step | None:
    """Nothing to act on: unknown changes nothing, a warning has its time, and only what is compliant is let go."""
    if case.acting or case.missing:
        return None
    if case.verdict.missing:
        return _uncertain(case)
    if case.history.is_long_unread(case.at) and not case.denied:
        return case.escalation(f"for {PATIENCE.total_seconds() / 3600:g} h not all of it could be read or judged")
    match case.verdict.compliance:
        case Compliance.COMPLIANT:
            return lift(case)
        case Compliance.NON_COMPLIANT:
            return _warning(case)
        case _ if case.denied:
            return wait("not everything that traffic can reach could be read; invocations stay denied")
        case _:
            return nothing("not everything that traffic can reach could be read")


def _vanishing(case: Case) -> Step | None:
    status = (case.situation.newest or {}).get("status")
    if status == "DELETING":
        return nothing("the runtime is being deleted", LOOK_AGAIN_SECONDS)
    return nothing("the runtime was never created") if status == "CREATE_FAILED" else None


def _uncertain(case: Case) -> Step:
    lines = "; ".join(each.line for each in case.verdict.missing)
    due = min(certain_from(each, case.history, case.at) for each in case.verdict.missing)
    return wait(f"{lines}; a second look has to find it so", int((due - case.at).total_seconds()) + 1)


def _warning(case: Case) -> Step:
    dues = warned(case.verdict, case.policy, case.history, case.at)
    due = min(dues.values(), default=case.at)
    why = f"warned about only; acted on from {due:%Y-%m-%d %H:%M:%SZ} on"
    seconds = (due - case.at).total_seconds()
    if seconds < LONGEST_WAIT_SECONDS:
        return wait(why, max(1, int(seconds) + 1))
    if not case.denied and not case.acting and not case.missing:
        return nothing(why)
    return case.escalation(
        f"{', '.join(sorted(dues))}: {why}; until then nothing is repaired, moved or let go; whoever cannot wait puts "
        "the runtime into the landing zone"
    )


def _denied_first(case: Case) -> Step | None:
    """Deny, unless it is denied. A denial that cannot be made, or is removed again and again, holds up no repair."""
    step = deny(case)
    if step is None or case.policy.mode is not ResponseMode.REPAIR:
        return step
    if step.changes_something and case.begun(StepKind.DENY_INVOCATION) < LOST_DENIALS:
        return step
    mending = _mend(case)
    return step if mending.kind is StepKind.ESCALATE else mending


def _quarantined(case: Case) -> Step | None:
    if case.policy.mode is ResponseMode.QUARANTINE:
        return nothing("quarantined: every new invocation is denied until the owner has repaired it")
    return None


def _warned_newest(case: Case) -> Step | None:
    """No endpoint is moved to a version that breaks a rule, be it within its grace.

    Nor is the newest version repaired before its time: DEFAULT would leave a placement that was promised to stay.
    """
    newest = case.snapshot.newest
    broken = (each for each in case.verdict.violations if each.version == newest and each.exempted_by is None)
    return _warning(case) if any(broken) and not case.newest_acts else None


def _mend(case: Case) -> Step:
    steps = (step for rung in (blocked, repair, _warned_newest, move) if (step := rung(case)) is not None)
    return next(steps, wait("the endpoints do not serve the newest version yet"))


_RUNGS: tuple[Callable[[Case], Step | None], ...] = (
    _at_rest,
    _vanishing,
    unchangeable,
    _denied_first,
    _quarantined,
    _mend,
)
