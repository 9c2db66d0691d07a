"""Verdicts, events and rehearsals for people, readable in a terminal of 80 columns."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from guardrail.core.runtimes.rules import BrokenRule, Severity
from guardrail.core.runtimes.step import Step
from guardrail.core.runtimes.trail import TrailEvent
from guardrail.core.runtimes.verdict import Compliance, Verdict, Violation
from guardrail_cli.formats.facts import Facts, Row, below_each_other, cell
from guardrail_cli.terminal import plain

if TYPE_CHECKING:
    from rich.console import RenderableType

    from guardrail_cli.rehearsing import Rehearsal

_STYLES = {
    Compliance.COMPLIANT: "bold green",
    Compliance.NON_COMPLIANT: "bold red",
    Compliance.INSUFFICIENT_DATA: "bold yellow",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
}


def verdict_page(verdict: Verdict) -> "Iterator[RenderableType]":
    """Yield the verdict at a glance, then every reason for it, then how to put it right."""
    yield Text.assemble(
        (verdict.compliance.value, _STYLES[verdict.compliance]),
        "  ",
        (plain(verdict.runtime_id or "unknown runtime"), "bold"),
    )
    yield Text(plain(verdict.runtime_arn or "ARN unknown"))
    yield Text(_summary(verdict))
    if verdict.violations:
        yield _heading("Violations")
        yield Facts([_violation(violation) for violation in verdict.violations])
    if verdict.dormant:
        yield _heading("Dormant: no endpoint serves these versions now")
        yield Facts([_dormant(number, broken) for number, broken in verdict.dormant])
    if verdict.unread:
        yield _heading("Not read, so not known to be fine")
        yield from (_item(f"{unread.what}: {unread.why}") for unread in verdict.unread)
    if verdict.notes:
        yield _heading("Notes")
        yield from (_item(note) for note in verdict.notes)
    yield from _fixes(verdict.violations)


def event_page(event: TrailEvent) -> "Iterator[RenderableType]":
    """Yield what the event says, one fact a line."""
    document = event.document()
    actor = document.pop("actor")
    yield below_each_other([{name.replace("_", " "): cell(value) for name, value in (document | actor).items()}])


def rehearsal_page(rehearsal: "Rehearsal") -> "Iterator[RenderableType]":
    """Yield the verdict, each step with its call and the names of what it sends, and how it ends."""
    yield from verdict_page(rehearsal.verdict)
    for number, step in enumerate(rehearsal.steps, start=1):
        yield _heading(f"Step {number}: {step.kind.value}")
        yield _item(step.why)
        yield from (_item(line) for line in _calls(step))
    yield _heading(f"Ends: {rehearsal.ending.value}")
    yield _item(rehearsal.why)
    if not rehearsal.steps:
        yield _item("no call would be made")


def _calls(step: Step) -> Iterator[str]:
    """The call, and what is sent instead when AgentCore refuses it. Values stay out: they may be secret."""
    call, how = step.call, ""
    while call is not None:
        yield f"{how}{call.service} {call.operation} with {', '.join(sorted(call.parameters))}"
        call, how = call.otherwise, "if AgentCore refuses that: "


def _summary(verdict: Verdict) -> str:
    exempted = sum(violation.exempted_by is not None for violation in verdict.violations)
    match verdict.compliance:
        case Compliance.NON_COMPLIANT:
            told = f"{_count(len(verdict.violations) - exempted)} in versions that traffic can reach"
        case Compliance.INSUFFICIENT_DATA:
            told = "Not everything that traffic can reach could be read"
        case Compliance.COMPLIANT:
            told = "No violation in any version that traffic can reach"
    return f"{told}; {_count(exempted)} exempted." if exempted else f"{told}."


def _count(violations: int) -> str:
    return "1 violation" if violations == 1 else f"{violations} violations"


def _violation(violation: Violation) -> Row:
    return {
        "Rule": cell(violation.rule.value),
        "Version": cell(violation.version),
        "Endpoints": cell(violation.endpoints or "none yet"),
        "Observed": cell(violation.broken.observed),
        "Allowed": cell(violation.broken.allowed),
        "Severity": Text(violation.severity.value, _STYLES[violation.severity]),
        "Exempted by": cell(violation.exempted_by),
    }


def _dormant(number: int, broken: BrokenRule) -> Row:
    return {
        "Rule": cell(broken.rule.value),
        "Version": cell(number),
        "Observed": cell(broken.observed),
        "Allowed": cell(broken.allowed),
    }


def _fixes(violations: tuple[Violation, ...]) -> "Iterator[RenderableType]":
    """Each distinct fix once, under all that it puts right."""
    rules: dict[str, list[str]] = {}
    for violation in violations:
        if violation.fix.cli is not None and violation.exempted_by is None:
            rules.setdefault(violation.fix.cli, []).append(f"{violation.rule.value} of version {violation.version}")
    for command, cured in rules.items():
        yield _heading("Fix for " + ", ".join(cured))
        yield from (Text(plain(line)) for line in command.split("\n"))


def _heading(text: str) -> Text:
    return Text(f"\n{text}", "bold")


def _item(text: str) -> Text:
    return Text(f"- {plain(text)}")
