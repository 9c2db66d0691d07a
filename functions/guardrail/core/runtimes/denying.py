"""The rungs that deny every invocation, and that take the denial back."""

from guardrail.core.runtimes.case import LOOK_AGAIN_SECONDS, Case, nothing, wait
from guardrail.core.runtimes.history import STALE
from guardrail.core.runtimes.quarantine import (
    NotUnderstoodError,
    deny_call,
    is_ours,
    is_owed,
    lift_call,
    takes_the_place,
    way_back,
)
from guardrail.core.runtimes.response import ResponseMode
from guardrail.core.runtimes.step import Step, StepKind

_POLICY = "resource_policy"
_IN_ITS_PLACE = "; its resource policy has no room for the denial, which takes its place until it is lifted"


def deny(case: Case) -> Step | None:
    """Deny invocations, unless they are; somebody who keeps on removing the denial has to be stopped by people.

    Nothing is compared right before: whoever keeps on writing the policy would keep the runtime from being denied.
    """
    if case.denied:
        return None
    arn, text = case.snapshot.runtime_arn, case.situation.resource_policy
    problem = _problem(case, StepKind.DENY_INVOCATION)
    if problem is None and case.begun(StepKind.DENY_INVOCATION) >= case.policy.denials:
        problem = "the denial was removed as often as the guardrail may put it back"
    if problem is not None or arn is None:
        return case.escalation(problem or "")
    lines = "; ".join(each.line for each in case.missing)
    why = "it breaks a rule: no new session may start" if case.acting else f"{lines}; no new session may start"
    return Step(
        StepKind.DENY_INVOCATION,
        why + (_IN_ITS_PLACE if takes_the_place(text) else ""),
        deny_call(arn, text),
        delay_seconds=None if case.policy.mode is ResponseMode.QUARANTINE else 0,
        way_back=way_back(text, case.history.denial),
    )


def lift(case: Case) -> Step:
    """Take the denial back from a runtime that is compliant and at rest, not more often than it may be repaired."""
    arn, text = case.snapshot.runtime_arn, case.situation.resource_policy
    unread = _POLICY in case.situation.unreadable and case.history.denial is not None
    if not (is_ours(text) or unread or is_owed(text, case.history.denial)):
        known = case.history.denial is not None and case.history.denial.missed is None
        return nothing("compliant, and not denied by the guardrail", int(STALE.total_seconds()) if known else None)
    if case.snapshot.in_transition:
        return wait("compliant, but not at rest yet; invocations stay denied")
    problem = _problem(case, StepKind.LIFT_DENIAL)
    if problem is None and case.begun(StepKind.LIFT_DENIAL) >= case.policy.attempts:
        problem = "compliant now, but it drifts as often as it is contained"
    if problem is not None or arn is None:
        return case.escalation(problem or "")
    try:
        call = lift_call(arn, text, case.history.denial)
    except NotUnderstoodError:
        return case.escalation("compliant now, but its resource policy is no policy document")
    why = "every version that traffic can reach is compliant"
    return Step(StepKind.LIFT_DENIAL, why, call, delay_seconds=LOOK_AGAIN_SECONDS, seen={"policy": text})


def _problem(case: Case, kind: StepKind) -> str | None:
    if _POLICY in case.situation.unreadable:
        return f"its resource policy could not be read ({case.situation.unreadable[_POLICY]})"
    if case.snapshot.runtime_arn is None:
        return "its ARN is not known"
    refused = case.refusal(kind)
    return f"AgentCore refuses the change of its resource policy ({refused})" if refused else None
