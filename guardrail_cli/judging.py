"""What `guardrail judge` does: reads what a verdict needs, judges one snapshot or many, prints."""

from dataclasses import dataclass
from datetime import datetime

from guardrail.core.runtimes.exemption import Exemptions
from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.snapshot import parse_snapshot
from guardrail.core.runtimes.verdict import Compliance, Verdict, judge
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.formats import VerdictFormat
from guardrail_cli.inputs import parse_moment, read_exemptions, read_zone
from guardrail_cli.lines import Answer, answer_lines
from guardrail_cli.output import write_document, write_page
from guardrail_cli.source import Source

__all__ = ["Bench", "exit_code", "judge_document", "judge_lines", "parse_moment", "read_exemptions", "read_zone"]


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that a judge has in hand before the first snapshot is read."""

    zone: LandingZone
    exemptions: Exemptions
    at: datetime

    def verdict(self, document: object) -> Verdict:
        """Judge a snapshot document.

        Raises:
            InvalidInput: It is none, or one of another account or Region.
        """
        return judge(parse_snapshot(document), self.zone, self.exemptions)


def exit_code(verdict: Verdict) -> ExitCode:
    """Return FOUND unless the runtime is compliant."""
    return ExitCode.FINE if verdict.compliance is Compliance.COMPLIANT else ExitCode.FOUND


def judge_document(path: str | None, bench: Bench, form: VerdictFormat) -> ExitCode:
    """Judge the one snapshot of a file, or of stdin, and print the verdict.

    Raises:
        GuardrailError: It cannot be read or is no snapshot of the zone's account and Region.
    """
    source = Source(path)
    with source.blamed():
        verdict = bench.verdict(source.read())
    _print(verdict, bench, form, source)
    return exit_code(verdict)


def judge_lines(path: str | None, bench: Bench) -> ExitCode:
    """Judge the snapshot on each line of a file, or of stdin, and print each verdict as one line.

    Raises:
        GuardrailError: At the end, when a line was no snapshot of the zone's account and Region.
    """

    def answer(document: object) -> Answer:
        verdict = bench.verdict(document)
        return Answer(verdict.document(), fine=verdict.compliance is Compliance.COMPLIANT)

    return answer_lines(Source(path), answer)


def _print(verdict: Verdict, bench: Bench, form: VerdictFormat, source: Source) -> None:
    match form:  # each form is loaded only when it is asked for
        case VerdictFormat.JSON:
            write_document(verdict.document())
        case VerdictFormat.SARIF:
            from guardrail_cli.formats.sarif import sarif_log

            write_document(sarif_log(verdict, source.path))
        case VerdictFormat.OCSF:
            from guardrail_cli.formats.ocsf import compliance_finding

            write_document(compliance_finding(verdict, bench.zone, bench.at))
        case VerdictFormat.TEXT:
            from guardrail_cli.formats.text import verdict_page

            write_page(verdict_page(verdict))
