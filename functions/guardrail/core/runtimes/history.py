"""What is remembered about a runtime between two looks: enough to tell news from old news."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from guardrail.core.evidence import digest
from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.rules import broken_rules
from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.snapshot import Answer, parse_version

_JUDGED = ("createdAt", "networkConfiguration", "capacityProviderConfiguration")

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
        """Return the memory with these answers added; None stands for a version that no longer exists."""
        foreign = {
            n: {member: answer[member] for member in _JUDGED if member in answer}
            for n, answer in answers.items()
            if answer and broken_rules(parse_version(n, answer), zone)
        }
        return replace(self, read=self.read | answers.keys(), foreign={**self.foreign, **foreign})


@dataclass(frozen=True, slots=True)
class History:
    """The last recorded verdict on a runtime.

    Attributes:
        digest: The verdict's digest, `gone`, or "" when the runtime was never seen.
        compliance: The verdict's compliance, or "".
        sequence: How many changes of verdict were recorded.
    """

    digest: str = ""
    compliance: str = ""
    sequence: int = 0
    dormant: DormantVersions = DormantVersions()

    def after(self, digest: str, compliance: str, dormant: DormantVersions) -> "History":
        """Return the history with one more verdict recorded."""
        return History(digest, compliance, self.sequence + 1, dormant)


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
