"""What the guardrail did or will do about a verdict, told to machines and to people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from guardrail.core.runtimes.grace import warned
from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.quarantine import leaves_commands_open
from guardrail.core.runtimes.repair import keeps_sessions
from guardrail.core.runtimes.response import ResponseMode, ResponsePolicy
from guardrail.core.runtimes.rules import RuleId
from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.step import Step, StepKind
from guardrail.core.runtimes.verdict import Verdict


class FindingKind(StrEnum):
    """What is told, as the event's detail-type."""

    VERDICT = "Runtime Verdict"
    QUARANTINED = "Runtime Quarantined"
    CONTAINED = "Runtime Contained"
    ESCALATED = "Response Escalated"
    STOPPED = "Response Stopped"


@dataclass(frozen=True, slots=True)
class Reaction:
    """What the guardrail did or will do, where it may do something.

    Attributes:
        did: What was done or comes next and why, or what a person has to do.
        due: The broken rules that are only warned about yet, and when they will be acted on (UTC).
        wipes_session_storage: A repair makes a version, which is reported to wipe managed session storage.
        leaves_commands_open: The denial that AgentCore took does not name InvokeAgentRuntimeCommand.
    """

    mode: ResponseMode
    did: str
    kind: FindingKind = FindingKind.VERDICT
    due: Mapping[RuleId, datetime] = field(default_factory=dict)
    wipes_session_storage: bool = False
    leaves_commands_open: bool = False

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "mode": self.mode.value,
            "did": self.did,
            "acted_on_from": {rule.value: due.isoformat() for rule, due in sorted(self.due.items())},
            "wipes_session_storage": self.wipes_session_storage,
            "leaves_commands_open": self.leaves_commands_open,
        }

    def lines(self) -> list[str]:
        """Return what people are told: what was done or will be, and what that does not prove."""
        lines = [f"The guardrail runs in {self.mode}. {self.did}."]
        lines += [
            f"{rule} is only warned about until {self.due[rule]:%Y-%m-%d %H:%M:%SZ}; then it is acted on."
            for rule in RuleId
            if rule in self.due
        ]
        if self.wipes_session_storage:
            lines.append("A repair makes a new version, which is reported to wipe managed session storage.")
        if self.leaves_commands_open:
            lines.append("AgentCore took the denial of the listed actions only: InvokeAgentRuntimeCommand stays open.")
        if self.kind is FindingKind.CONTAINED:
            lines.append("READY does not prove that the agent works: in the VPC it needs a way to all that it uses.")
        return lines


def reaction_to(
    snapshot: Snapshot, verdict: Verdict, policy: ResponsePolicy, history: History, step: Step, *, at: datetime
) -> Reaction:
    """Return what to tell about a step: about one that changes something, after its call took effect."""
    situation = snapshot.situation
    filesystems = situation.newest.get("filesystemConfigurations") if situation and situation.newest else None
    repairs = policy.mode is ResponseMode.REPAIR and any(each.version == snapshot.newest for each in verdict.violations)
    return Reaction(
        mode=policy.mode,
        did=f"{step.kind}: {step.why}",
        kind=_kind(step, policy.mode),
        due=warned(verdict, policy, history, at),
        wipes_session_storage=repairs and keeps_sessions(filesystems),
        leaves_commands_open=situation is not None and leaves_commands_open(situation.resource_policy),
    )


def lifetimes(snapshot: Snapshot, verdict: Verdict) -> dict[int, int]:
    """Return how many seconds a session may live, by version that breaks a rule, as far as known."""
    versions = {each.version: snapshot.versions.get(each.version) for each in verdict.violations}
    return {number: version.max_lifetime for number, version in versions.items() if version and version.max_lifetime}


def lifetime_line(number: int, seconds: int) -> str:
    """Return what people are told about sessions that started on a version that breaks a rule."""
    hours = f"{seconds / 3600:.1f}".removesuffix(".0")
    return (
        f"Sessions that started on version {number} may go on for up to {hours} h (maxLifetime {seconds} s): "
        "no change to the runtime ends them, and AWS has no list of them."
    )


def _kind(step: Step, mode: ResponseMode) -> FindingKind:
    if step.kind is StepKind.ESCALATE:
        return FindingKind.ESCALATED
    if step.kind is StepKind.LIFT_DENIAL:
        return FindingKind.CONTAINED
    denied = step.kind is StepKind.DENY_INVOCATION and mode is ResponseMode.QUARANTINE
    return FindingKind.QUARANTINED if denied else FindingKind.VERDICT
