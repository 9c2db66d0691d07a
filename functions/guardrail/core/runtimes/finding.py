"""A finding: the change of a verdict, told to machines and to people."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from guardrail.core.runtimes.reaction import FindingKind, Reaction, lifetime_line
from guardrail.core.runtimes.trail import Actor, TrailEvent, Via, actor_document
from guardrail.core.runtimes.verdict import Compliance, Verdict, Violation

MAX_BYTES = 200_000
"""EventBridge and SNS refuse more than 256 KB; what is left out here stands in the evidence."""

_CAME_VIA = {
    Via.SERVICE: "through another AWS service",
    Via.CLOUDFORMATION: "through CloudFormation",
    Via.SSO: "with IAM Identity Center credentials",
    Via.CONSOLE: "in the AWS console",
    Via.CLI: "with the AWS CLI",
    Via.SDK: "with an AWS SDK",
    Via.UNKNOWN: "in a way the event does not show",
}


_SUBJECTS = {
    FindingKind.QUARANTINED: "quarantined",
    FindingKind.CONTAINED: "contained",
    FindingKind.ESCALATED: "a person has to act",
    FindingKind.STOPPED: "the response does less than it should",
}


_NOTHING_DONE = ["Nothing was changed: the guardrail runs in OBSERVE."]


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict that differs from the last recorded one, or news of the response to it.

    Attributes:
        event: The recorded call that led to the look, or None when a sweep found it.
        previous: The compliance recorded before, or "" for the first verdict.
        evidence: Where the evidence record is, such as `s3://bucket/key`.
        at: When it was decided (UTC).
        reaction: None in OBSERVE.
        lifetimes: Seconds that a session may live, by version that breaks a rule, as far as known.
    """

    account: str
    region: str
    verdict: Verdict
    event: TrailEvent | None
    previous: str
    evidence: str
    at: datetime
    reaction: Reaction | None = None
    lifetimes: Mapping[int, int] = field(default_factory=dict)

    @property
    def kind(self) -> FindingKind:
        """What is told."""
        return FindingKind.VERDICT if self.reaction is None else self.reaction.kind

    @property
    def is_for_people(self) -> bool:
        """Whether somebody should be told: something is wrong, no longer is, or was changed."""
        if self.kind is not FindingKind.VERDICT:
            return True
        return self.verdict.compliance is not Compliance.COMPLIANT or self.previous not in (
            "",
            Compliance.COMPLIANT.value,
        )

    def document(self) -> dict[str, Any]:
        """Return the detail of the event."""
        event = self.event
        document: dict[str, Any] = {
            "version": 1,
            "account": self.account,
            "region": self.region,
            "at": self.at.isoformat(),
            "previous": self.previous or None,
            "verdict": self.verdict.document(),
            "cause": None if event is None else _cause_document(event),
            "evidence": self.evidence,
            **({} if self.reaction is None else {"reaction": self.reaction.document()}),
        }
        too_long = len(json.dumps(document)) > MAX_BYTES
        return {**document, "verdict": _shortened(document["verdict"])} if too_long else document

    def subject(self) -> str:
        """Return a line of at most 100 ASCII characters, as SNS wants it."""
        name = self.verdict.runtime_id or f"unknown {_what(self.verdict).lower()}"
        told = _SUBJECTS.get(self.kind, self.verdict.compliance)
        return _line(f"AgentCore {name}: {told}").encode("ascii", "replace").decode()[:100]

    def message(self) -> str:
        """Return what somebody who is woken up needs: what, who, how they came, the fix, where the evidence is."""
        verdict = self.verdict
        was = f"was {self.previous}" if self.previous else "first verdict"
        when = f"{self.at:%Y-%m-%d %H:%M:%SZ}"
        paragraphs = [
            [f"{_what(verdict)} {verdict.runtime_id or 'of unknown id'} is {verdict.compliance} ({was})."],
            [f"Account {self.account}, Region {self.region}, {when}. {verdict.runtime_arn or ''}"],
            [_who(self.event)],
            *_as_many_as_fit(_grouped(verdict)),
            *([f"Not read: {unread.what} ({unread.why})."] for unread in verdict.unread),
            *([f"{each.line[0].upper()}{each.line[1:]}."] for each in verdict.missing),
            *_dormant(verdict),
            *([lifetime_line(number, self.lifetimes[number])] for number in sorted(self.lifetimes)),
            _NOTHING_DONE if self.reaction is None else self.reaction.lines(),
            [f"Evidence: {self.evidence}"],
        ]
        return "\n\n".join("\n".join(_line(line) for line in lines) for lines in paragraphs)


def _shortened(verdict: dict[str, Any]) -> dict[str, Any]:
    """The verdict without the long lists: which rules are broken where is still in it."""
    kept = ("rule", "version", "endpoints", "severity", "exempted_by")
    return {
        **verdict,
        **{
            broken: [{key: each[key] for key in kept if key in each} for each in verdict[broken]]
            for broken in ("violations", "dormant")
        },
        "notes": ["what was observed, what is allowed, the fixes and the notes are in the evidence only"],
    }


def _cause_document(event: TrailEvent) -> dict[str, Any]:
    return {
        "action": event.action,
        "event_id": event.event_id,
        "event_time": event.event_time,
        "actor": actor_document(event.actor),
    }


def _who(event: TrailEvent | None) -> str:
    if event is None:
        return "Found by looking, not by an event: who did it is in CloudTrail."
    when = event.event_time or "an unknown time"
    return f"{event.action} at {when} by {_name(event.actor)}, {_CAME_VIA[event.actor.via]}."


def _name(actor: Actor) -> str:
    return actor.arn or actor.type or "somebody the event does not name"


def _grouped(verdict: Verdict) -> list[list[str]]:
    """One paragraph per violation, its fix once even when several violations share it."""
    told: set[str] = set()
    paragraphs = []
    for violation in verdict.violations:
        lines = [_violation_line(violation, verdict)]
        fix = violation.fix.cli
        if fix is not None and fix not in told:
            lines += ["Fix:", *fix.split("\n")]
            told.add(fix)
        paragraphs.append(lines)
    return paragraphs


def _as_many_as_fit(paragraphs: list[list[str]]) -> list[list[str]]:
    length = 0
    fitting: list[list[str]] = []
    for paragraph in paragraphs:
        length += sum(len(line.encode()) for line in paragraph)
        if length > MAX_BYTES:
            return [*fitting, ["More rules are broken: see the evidence."]]
        fitting.append(paragraph)
    return fitting


def _dormant(verdict: Verdict) -> list[list[str]]:
    """One paragraph per rule: there may be a thousand versions."""
    numbers: dict[str, list[str]] = {}
    for number, broken in verdict.dormant:
        numbers.setdefault(broken.rule, []).append(str(number))
    return [
        [f"Dormant versions that break {rule}, served by no endpoint now: {', '.join(numbers[rule])}."]
        for rule in numbers
    ]


def _violation_line(violation: Violation, verdict: Verdict) -> str:
    exempted = f" Exempted by {violation.exempted_by}." if violation.exempted_by else ""
    return (
        f"{violation.severity} {violation.rule}: {_which(violation, verdict)} has "
        f"{_value(violation.broken.observed)}, allowed is {_value(violation.broken.allowed)}.{exempted}"
    )


def _which(violation: Violation, verdict: Verdict) -> str:
    if verdict.tool is not None:
        return "it"
    served = ", ".join(violation.endpoints)
    where = f"served by endpoint {served}" if served else "the newest, served by no endpoint yet"
    return f"version {violation.version} ({where})"


def _what(verdict: Verdict) -> str:
    return "Runtime" if verdict.tool is None else verdict.tool.words.capitalize()


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _line(text: str) -> str:
    """Without control characters and line ends: data from AWS must not steer a terminal or add a line of its own."""
    return "".join(character for character in text if character.isprintable())
