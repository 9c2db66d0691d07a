"""The verdict: may this runtime stay as it is, judged by every version that traffic can reach."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.evidence import digest
from guardrail.core.runtimes.exemption import NONE, Exemptions
from guardrail.core.runtimes.fix import Fix, propose_fix
from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.rules import SEVERITY, BrokenRule, Observed, RuleId, Severity, broken_rules
from guardrail.core.runtimes.runtime import Missing, Snapshot, Unread
from guardrail.core.runtimes.tool import ToolKind
from guardrail.core.runtimes.tool_fix import propose_replacement


class Compliance(StrEnum):
    """AWS Config's words."""

    COMPLIANT = "COMPLIANT"
    NON_COMPLIANT = "NON_COMPLIANT"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a reachable version breaks.

    Attributes:
        endpoints: Names of the endpoints that serve or will serve the version, sorted; empty when it is only the
            newest one.
        exempted_by: Id of the exemption that somebody answers with, or None.
    """

    broken: BrokenRule
    version: int
    endpoints: tuple[str, ...]
    exempted_by: str | None
    fix: Fix

    @property
    def rule(self) -> RuleId:
        """The rule's id."""
        return self.broken.rule

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return SEVERITY[self.broken.rule]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is right and wrong with one runtime or tool; equal inputs give equal verdicts, byte for byte.

    Attributes:
        missing: Those among the unread versions that do not exist; in the document a note tells of each.
    """

    runtime_id: str | None
    runtime_arn: str | None
    compliance: Compliance
    violations: tuple[Violation, ...] = ()
    dormant: tuple[tuple[int, BrokenRule], ...] = ()
    unread: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()
    tool: ToolKind | None = None
    missing: tuple[Missing, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return the verdict as JSON values, with the digest of all of it but `digest`, `notes` and `fix`."""
        violations = [_violation_document(violation) for violation in self.violations]
        judged = {
            "runtime_id": self.runtime_id,
            "runtime_arn": self.runtime_arn,
            "compliance": self.compliance.value,
            **({} if self.tool is None else {"kind": self.tool.value}),
            "violations": violations,
            "dormant": [{**_broken_document(broken), "version": str(number)} for number, broken in self.dormant],
            "unread": [{"what": unread.what, "why": unread.why} for unread in self.unread],
        }
        judged_digest = digest(judged)
        for document, violation in zip(violations, self.violations, strict=True):
            document["fix"] = violation.fix.document()
        return {**judged, "notes": list(self.notes), "digest": judged_digest}


def judge(snapshot: Snapshot, zone: LandingZone, exemptions: Exemptions = NONE) -> Verdict:
    """Judge every version that traffic can reach.

    Every broken rule is reported, by version and then in rule order, so that equal inputs give equal verdicts. What
    could not be read makes the verdict INSUFFICIENT_DATA unless a violation that nobody answers for is known
    already: unknown is never COMPLIANT, and never hides a violation. Status is never judged.

    Raises:
        InvalidInput: The zone is that of another account or Region.
    """
    if (snapshot.account, snapshot.region) != (zone.account, zone.region):
        raise InvalidInput("snapshot", f"account {zone.account} and Region {zone.region}, as the zone has")
    reachable = snapshot.reachable()
    exempted = exemptions.for_runtime(snapshot.name, snapshot.runtime_arn) if exemptions.valid else {}
    violations = []
    for number, endpoints in reachable.items():
        version = snapshot.versions.get(number)
        for broken in broken_rules(version, zone) if version else ():
            fix = _fix(broken.rule, number, endpoints, snapshot, zone)
            violations.append(Violation(broken, number, endpoints, exempted.get(broken.rule), fix))
    unread, missing = _unread(snapshot, reachable), snapshot.missing()
    return Verdict(
        runtime_id=snapshot.runtime_id,
        runtime_arn=snapshot.runtime_arn,
        compliance=_compliance(violations, unread),
        violations=tuple(violations),
        dormant=_dormant(snapshot, reachable, zone),
        unread=unread,
        notes=(*(each.line for each in missing), *_notes(snapshot, reachable, exemptions)),
        tool=snapshot.tool,
        missing=missing,
    )


def _fix(rule: RuleId, version: int, endpoints: tuple[str, ...], snapshot: Snapshot, zone: LandingZone) -> Fix:
    if snapshot.tool is not None:
        return propose_replacement(snapshot.tool, snapshot, zone)
    return propose_fix(rule, version, endpoints, snapshot, zone)


def _compliance(violations: list[Violation], unread: tuple[Unread, ...]) -> Compliance:
    if any(violation.exempted_by is None for violation in violations):
        return Compliance.NON_COMPLIANT
    return Compliance.INSUFFICIENT_DATA if unread else Compliance.COMPLIANT


def _unread(snapshot: Snapshot, reachable: dict[int, tuple[str, ...]]) -> tuple[Unread, ...]:
    unread = list(snapshot.unread)
    for number in reachable:
        version = snapshot.versions.get(number)
        if version is None:
            unread.append(Unread(f"version {number}", snapshot.unread_versions.get(number, "not read")))
        elif version.placement.malformed:
            unread.append(Unread(f"version {number}", "malformed " + ", ".join(sorted(version.placement.malformed))))
    return tuple(sorted(unread)) if unread else ()


def _dormant(
    snapshot: Snapshot, reachable: dict[int, tuple[str, ...]], zone: LandingZone
) -> tuple[tuple[int, BrokenRule], ...]:
    if len(snapshot.versions) <= len(reachable) and snapshot.versions.keys() <= reachable.keys():
        return ()
    return tuple(
        (number, broken)
        for number, version in snapshot.versions.items()
        if number not in reachable
        for broken in broken_rules(version, zone)
    )


def _notes(snapshot: Snapshot, reachable: dict[int, tuple[str, ...]], exemptions: Exemptions) -> tuple[str, ...]:
    notes = [
        f"version {number}: {member} is not known here and was not judged"
        for number, version in snapshot.versions.items()
        for member in version.placement.unknown
    ]
    notes += [
        f"dormant version {number} could not be read: {why}"
        for number, why in sorted(snapshot.unread_versions.items())
        if number not in reachable
    ]
    return (*notes, *exemptions.notes(snapshot.name, snapshot.runtime_arn))


def _broken_document(broken: BrokenRule) -> dict[str, Any]:
    return {"rule": broken.rule.value, "observed": _json(broken.observed), "allowed": _json(broken.allowed)}


def _violation_document(violation: Violation) -> dict[str, Any]:
    return {
        **_broken_document(violation.broken),
        "version": str(violation.version),
        "endpoints": list(violation.endpoints),
        "severity": violation.severity.value,
        "exempted_by": violation.exempted_by,
    }


def _json(value: Observed) -> Any:
    return list(value) if isinstance(value, tuple) else value
