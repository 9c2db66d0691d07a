"""Somebody else's resource policy that ours may have overwritten: AgentCore does not say so, CloudTrail does later.

AgentCore has no If-Match. Between our last read of a policy and our change of it there is a window: a round trip before
a lift, which compares right before, somewhat longer before a denial, which waits for no further read.
"""

from dataclasses import replace
from datetime import timedelta

from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.quarantine import is_denied
from guardrail.core.runtimes.situation import Situation
from guardrail.core.runtimes.step import Act, StepKind
from guardrail.core.runtimes.trail import Kind, TrailEvent

_BEFORE = timedelta(seconds=1)
"""CloudTrail tells whole seconds. Clocks that differ a little make no difference: a look reads the policy last."""

_AFTER = timedelta(seconds=5)
"""Within that a change that was begun has taken effect, as a rule."""


def may_be_overwritten(event: TrailEvent | None, history: History, situation: Situation | None = None) -> bool:
    """Say whether the event tells of somebody's resource policy that a change of ours may have replaced unseen.

    Args:
        situation: As it is now, where it was read: a denial that is no longer there replaced nothing that came later.
    """
    if event is None or event.kind is not Kind.RESOURCE_POLICY or event.error is not None:
        return False
    return any(_crosses(act, event) and not _undid(event, act, situation) for act in history.acts)


def told_of(event: TrailEvent, history: History) -> History:
    """Return the history in which nobody is told of it once more."""
    acts = tuple(replace(act, since=None) if _crosses(act, event) else act for act in history.acts)
    return replace(history, acts=acts)


def _crosses(act: Act, event: TrailEvent) -> bool:
    if act.since is None or act.refused or event.at is None:
        return False
    return act.since - _BEFORE <= event.at <= act.at + _AFTER


def _undid(event: TrailEvent, act: Act, situation: Situation | None) -> bool:
    if act.kind is not StepKind.DENY_INVOCATION or event.at is None or event.at < act.at or situation is None:
        return False
    return "resource_policy" not in situation.unreadable and not is_denied(situation.resource_policy)
