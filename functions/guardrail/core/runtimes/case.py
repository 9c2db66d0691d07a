"""One runtime that something may have to be done about: everything that the rungs of the ladder look at."""

from dataclasses import dataclass, field
from datetime import datetime

from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.quarantine import is_denied
from guardrail.core.runtimes.response import ResponsePolicy
from guardrail.core.runtimes.runtime import Missing, Snapshot
from guardrail.core.runtimes.situation import Situation
from guardrail.core.runtimes.step import Step, StepKind
from guardrail.core.runtimes.verdict import Verdict, Violation

LOOK_AGAIN_SECONDS = 30
"""AgentCore takes minutes to place a version in a VPC."""


@dataclass(frozen=True, slots=True)
class Case:
    """A runtime, the verdict on it, and what may be done.

    Attributes:
        acting: The violations to act on now; none of them exempted or within its grace.
        missing: The versions to act on because an endpoint serves them and they do not exist.
    """

    snapshot: Snapshot
    situation: Situation = field(repr=False)
    verdict: Verdict
    policy: ResponsePolicy
    history: History
    at: datetime
    acting: tuple[Violation, ...]
    missing: tuple[Missing, ...] = ()

    @property
    def denied(self) -> bool:
        """Whether our statement is in force."""
        return is_denied(self.situation.resource_policy)

    @property
    def stranded(self) -> frozenset[str]:
        """Names of the endpoints on a missing version that is to be acted on."""
        return frozenset(name for each in self.missing for name in each.endpoints)

    @property
    def newest_acts(self) -> bool:
        """Whether the newest version, which DEFAULT follows, breaks a rule to act on."""
        return any(violation.version == self.snapshot.newest for violation in self.acting)

    def begun(self, kind: StepKind, endpoint: str | None = None) -> int:
        """Return how often such a change was begun within the window."""
        return sum((act.kind, act.endpoint) == (kind, endpoint) for act in self.history.acts if self._recent(act.at))

    def refusal(self, kind: StepKind, version: int | None = None, endpoint: str | None = None) -> str:
        """Return why the service refused this very change within the window, or ""."""
        wanted = (kind, version, endpoint)
        refusals = (
            act.refused
            for act in self.history.acts
            if act.refused and self._recent(act.at) and (act.kind, act.version, act.endpoint) == wanted
        )
        return next(refusals, "")

    def escalation(self, why: str) -> Step:
        """Return the step that leaves it to a person, and says whether anybody can invoke the runtime meanwhile."""
        state = "invocations stay denied" if self.denied else "invocations are NOT denied"
        if "resource_policy" in self.situation.unreadable and self.history.denial is not None:
            state = "whether they are still denied could not be read"
        return Step(StepKind.ESCALATE, f"{why}; {state}")

    def _recent(self, at: datetime) -> bool:
        return self.at - at < self.policy.window


def nothing(why: str, delay_seconds: int | None = None) -> Step:
    """Return the step that changes nothing."""
    return Step(StepKind.NONE, why, delay_seconds=delay_seconds)


def wait(why: str, delay_seconds: int = LOOK_AGAIN_SECONDS) -> Step:
    """Return the step that looks again later."""
    return Step(StepKind.WAIT, why, delay_seconds=delay_seconds)
