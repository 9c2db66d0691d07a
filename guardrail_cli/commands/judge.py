"""`guardrail judge`: the verdict on a runtime, offline."""

from typing import Annotated

import typer

from guardrail_cli.exit_code import ExitCode
from guardrail_cli.formats import VerdictFormat
from guardrail_cli.parameters import FileArgument, LinesOption, ZoneOption

EXAMPLE = """\b
Examples:
  guardrail judge snapshot.json --zone zone.json
  guardrail judge --zone zone.json --jsonl < snapshots.jsonl"""


def judge(
    file: FileArgument = None,
    *,
    zone: ZoneOption,
    exemptions: Annotated[
        str | None,
        typer.Option("--exemptions", metavar="FILE", help="JSON file with exemptions.", show_default=False),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            "--at", metavar="TIME", help="When exemptions must hold: ISO time or date, UTC.", show_default="now"
        ),
    ] = None,
    form: Annotated[
        VerdictFormat | None, typer.Option("--format", help="How to print the verdict.", show_default="text")
    ] = None,
    jsonl: LinesOption = False,
) -> ExitCode:
    """Judge a snapshot: may this runtime stay as it is?

    Every version that traffic can reach is judged. Exit code 0: COMPLIANT; 2: NON_COMPLIANT or INSUFFICIENT_DATA.
    """
    from guardrail_cli import judging

    if jsonl and form not in (None, VerdictFormat.JSON):
        raise typer.BadParameter("expected json, all that --jsonl prints", param_hint="--format")
    moment = judging.parse_moment(at)
    bench = judging.Bench(judging.read_zone(zone), judging.read_exemptions(exemptions, moment), moment)
    if jsonl:
        return judging.judge_lines(file, bench)
    return judging.judge_document(file, bench, form or VerdictFormat.TEXT)
