"""The grace of a rule: warned about first, acted on when its time is over.

The clock of a rule starts when the runtime is first seen to break it, exempted or not, and is never set anew: neither a
new version number, nor keeping the rule for a while, nor a longer or shorter grace makes a known deadline later or
sooner. So a job that makes a version every minute gains nothing. Only a policy that gives the rule no grace any more
ends one: that is somebody's decision to act at once.
"""

from dataclasses import replace
from datetime import UTC, datetime

from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.response import ResponsePolicy
from guardrail.core.runtimes.rules import RuleId
from guardrail.core.runtimes.verdict import Verdict, Violation


def with_deadlines(history: History, verdict: Verdict, policy: ResponsePolicy, at: datetime) -> History:
    """Return the history with a deadline for every broken rule that has a grace; the same object when none is new."""
    new = {
        violation.rule: deadline(violation.rule, policy, history, at)
        for violation in verdict.violations
        if violation.rule in policy.grace and violation.rule not in history.due
    }
    return replace(history, due={**history.due, **new}) if new else history


def deadline(rule: RuleId, policy: ResponsePolicy, history: History, at: datetime) -> datetime:
    """Return from when on a rule that is broken `at` this moment is acted on (UTC)."""
    grace = policy.grace.get(rule)
    if not grace:
        return at
    if rule in history.due:
        return history.due[rule]
    try:
        return max(at, at + grace)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def acting(verdict: Verdict, policy: ResponsePolicy, history: History, at: datetime) -> tuple[Violation, ...]:
    """Return the violations to act on now: nobody answers for them, and their grace is over."""
    return tuple(
        violation
        for violation in verdict.violations
        if violation.exempted_by is None and deadline(violation.rule, policy, history, at) <= at
    )


def warned(verdict: Verdict, policy: ResponsePolicy, history: History, at: datetime) -> dict[RuleId, datetime]:
    """Return the broken rules that are only warned about yet, and when they will be acted on (UTC)."""
    due = {each.rule: deadline(each.rule, policy, history, at) for each in verdict.violations if not each.exempted_by}
    return {rule: moment for rule, moment in due.items() if moment > at}
