"""What is remembered about a runtime between two looks: enough to tell news from old news."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from guardrail.core.evidence import digest
from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.rules import RuleId, broken_rules
from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.snapshot import Answer, parse_version
from guardrail.core.runtimes.step import Act, Denial, Step, StepKind

_JUDGED = ("createdAt", "networkConfiguration", "capacityProviderConfiguration")

STALE = timedelta(minutes=5)
"""AgentCore's answers may be that old, so that what is missing in one of them may still be there."""

PATIENCE = timedelta(hours=2)
"""For so long a runtime may be unreadable until people are called."""

MOST_FOREIGN, MOST_WHOLE = 1_000, 700
"""Dormant versions that are remembered, and those with all their ids: an item of the table holds 400 KB, and one that
is too long could not be written, so that nothing could be done about the runtime any more."""

WRITES_POLICY = frozenset({StepKind.DENY_INVOCATION, StepKind.LIFT_DENIAL})
"""The steps that replace a runtime's resource policy."""

GONE = "gone"
"""Stands in `History.digest` for a runtime that no longer exists."""


@dataclass(frozen=True, slots=True)
class DormantVersions:
    """Versions that no endpoint serves. They are immutable, so each is read once per landing zone.

    Attributes:
        read: Numbers of those that were read.
        foreign: What is judged of AgentCore's answers for those among them that broke a rule, to be reported with
            every verdict.
        zone: Digest of the landing zone they were judged by.
    """

    read: frozenset[int] = frozenset()
    foreign: Mapping[int, Answer] = field(default_factory=dict)
    zone: str = ""

    def under(self, zone: LandingZone) -> "DormantVersions":
        """Return what is known under this zone: nothing when it was judged by another one."""
        zone_digest = digest(zone.document())
        return self if self.zone == zone_digest else DormantVersions(zone=zone_digest)

    def with_read(self, answers: Mapping[int, Answer | None], zone: LandingZone) -> "DormantVersions":
        """Return the memory with these answers added; None stands for a version that no longer exists.

        Of those that do not fit any more one id of each list tells what is wrong; of still more, nothing is
        kept: the likeliest to return were read first.
        """
        foreign = dict(self.foreign)
        for number, answer in answers.items():
            room = number in foreign or len(foreign) < MOST_FOREIGN
            if answer and room and broken_rules(parse_version(number, answer), zone):
                kept = {member: answer[member] for member in _JUDGED if member in answer}
                foreign[number] = kept if len(foreign) < MOST_WHOLE else _shortened(kept, zone)
        return replace(self, read=self.read | answers.keys(), foreign=foreign)


@dataclass(frozen=True, slots=True)
class History:
    """The last recorded verdict on a runtime, and what was done about it.

    Attributes:
        digest: The verdict's digest, `gone`, or "" when the runtime was never seen.
        compliance: The verdict's compliance, or "".
        sequence: How many changes of verdict were recorded.
        acts: The changes begun within the policy's window, oldest first.
        denial: The way back from the denial in place, or None when none of ours is.
        due: Until when a broken rule is only warned about; kept when the rule is kept again (`grace.py` says why).
        escalated: Why a person has to act, as it was reported; "" when nobody has to.
        again_at: When the next look is due that was put on the queue (UTC), or None.
        missing: Versions that an endpoint served at the last look and that did not exist, and since when (UTC).
        unread_since: Since when each look found something reachable unread (UTC), or None.
    """

    digest: str = ""
    compliance: str = ""
    sequence: int = 0
    dormant: DormantVersions = DormantVersions()
    acts: tuple[Act, ...] = ()
    denial: Denial | None = field(default=None, repr=False)
    due: Mapping[RuleId, datetime] = field(default_factory=dict)
    escalated: str = ""
    again_at: datetime | None = None
    missing: Mapping[int, datetime] = field(default_factory=dict)
    unread_since: datetime | None = None

    def after(self, digest: str, compliance: str, dormant: DormantVersions) -> "History":
        """Return the history with one more verdict recorded."""
        return replace(self, digest=digest, compliance=compliance, sequence=self.sequence + 1, dormant=dormant)

    def without_response(self) -> "History":
        """Return the history of a runtime that is gone; the way back stays, for a stale answer may have said so."""
        return replace(self, acts=(), due={}, escalated="", again_at=None, missing={}, unread_since=None)

    def having_read(self, at: datetime, *, everything: bool) -> "History":
        """Return the history after a look; the same object when nothing is new.

        Whoever was called because of what was unread is called anew the next time.
        """
        if everything == (self.unread_since is None):
            return self
        escalated = "" if self.is_long_unread(at) else self.escalated
        return replace(self, unread_since=None, escalated=escalated) if everything else replace(self, unread_since=at)

    def is_long_unread(self, at: datetime) -> bool:
        """Say whether that lasts for longer than people should not know of it."""
        return self.unread_since is not None and at - self.unread_since >= PATIENCE

    def at_rest(self, at: datetime) -> "History":
        """Return the history of a compliant runtime on which no denial of ours was seen.

        One answer may be stale: a denial is forgotten only when it is not seen `STALE` later either.
        """
        denial = self.denial
        if denial is not None and denial.missed is None:
            denial = replace(denial, missed=at)
        elif denial is not None and denial.missed is not None and at - denial.missed >= STALE:
            denial = None
        return replace(self, denial=denial, escalated="")

    def begun(self, step: Step, at: datetime, window: timedelta, read_at: datetime | None = None) -> "History":
        """Return the history with a change that is about to be made; written before it is made.

        Acts older than the window are forgotten. A denial's way back is remembered now, so that a crash right after
        the call leaves it known.

        Args:
            read_at: When what the step was computed from began to be read (UTC).
        """
        recent = tuple(act for act in self.acts if at - act.at < window)
        since = read_at if step.kind in WRITES_POLICY else None
        act = Act(at, step.kind, step.version, step.endpoint, since=since)
        denial = step.way_back if step.kind is StepKind.DENY_INVOCATION else self.denial
        return replace(self, acts=(*recent, act), denial=denial)

    def done(self, step: Step) -> "History":
        """Return the history after the call of a step that was begun took effect."""
        if step.kind is not StepKind.LIFT_DENIAL:
            return self
        return replace(self, denial=None, escalated="")

    def refused(self, step: Step, why: str) -> "History":
        """Return the history with the act that was begun last marked as refused for good.

        Args:
            why: The service's error code and known words of ours; never its message.
        """
        if not self.acts or self.acts[-1].kind is not step.kind:
            return self
        return replace(self, acts=(*self.acts[:-1], replace(self.acts[-1], refused=why)))

    def permitted_again(self, codes: Collection[str]) -> "History":
        """Return the history without the acts that were refused with one of these codes: they may be tried again."""
        return replace(self, acts=tuple(act for act in self.acts if act.refused not in codes))


def _shortened(answer: Answer, zone: LandingZone) -> Answer:
    """The answer with one id in each list, a foreign one where there is one, so that it breaks the same rules."""
    network = answer.get("networkConfiguration")
    vpc = network.get("networkModeConfig") if isinstance(network, dict) else None
    if not isinstance(network, dict) or not isinstance(vpc, dict):
        return answer
    approved = {"subnets": zone.subnet_set, "securityGroups": zone.security_group_set}
    lists = {
        name: sorted(ids, key=lambda each: (each in approved[name], each))[:1]
        for name, ids in vpc.items()
        if name in approved and isinstance(ids, list) and all(isinstance(each, str) for each in ids)
    }
    return {**answer, "networkConfiguration": {**network, "networkModeConfig": {**vpc, **lists}}}


def with_remembered(snapshot: Snapshot, dormant: DormantVersions) -> Snapshot:
    """Add what was read of dormant versions earlier; never one that is reachable now: that is read live."""
    reachable = snapshot.reachable()
    versions = dict(snapshot.versions)
    for number, answer in dormant.foreign.items():
        if number not in reachable:
            versions.setdefault(number, parse_version(number, answer))
    return replace(snapshot, versions={number: versions[number] for number in sorted(versions)})


def unread_dormant(snapshot: Snapshot, dormant: DormantVersions) -> tuple[int, ...]:
    """Return the numbers below the newest that nobody has read yet, newest first: those are the likeliest to return."""
    known = dormant.read | snapshot.reachable().keys()
    return tuple(number for number in range((snapshot.newest or 1) - 1, 0, -1) if number not in known)
