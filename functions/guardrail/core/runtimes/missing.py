"""An endpoint on a version that no longer exists: what it serves cannot be judged, so it counts like a broken rule.

Not at first sight: a read right after a version was made may be older than the version. No exemption covers it and no
grace puts it off: both are about a rule, and here nobody knows which are broken.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.runtime import Missing
from guardrail.core.runtimes.verdict import Verdict

CERTAIN = timedelta(minutes=1)
"""How long a version has to stay missing. Whoever is denied because of two stale reads is let go at the next look."""


def with_missing(history: History, verdict: Verdict, at: datetime) -> History:
    """Return the history with when each missing version was first missed; the same object when nothing is new.

    One that takes the place of another has been missing as long: whoever deletes one after the other gains nothing.
    """
    since = min(history.missing.values(), default=at)
    missing = {each.version: history.missing.get(each.version, since) for each in verdict.missing}
    return history if missing == history.missing else replace(history, missing=missing)


def certain_from(missing: Missing, history: History, at: datetime) -> datetime:
    """Return from when on a version that is missing `at` this moment is acted on (UTC)."""
    return history.missing.get(missing.version, at) + CERTAIN


def still_missing(verdict: Verdict, history: History, at: datetime) -> tuple[Missing, ...]:
    """Return the missing versions to act on now."""
    return tuple(each for each in verdict.missing if certain_from(each, history, at) <= at)
