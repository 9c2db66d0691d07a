"""`guardrail trail`: what a CloudTrail event says, and about which runtime."""

from typing import Annotated

import typer

from guardrail_cli.exit_code import ExitCode
from guardrail_cli.formats import Format
from guardrail_cli.parameters import FileArgument, LinesOption

EXAMPLE = """\b
Example:
  guardrail trail event.json"""


def trail(
    file: FileArgument = None,
    *,
    form: Annotated[
        Format | None, typer.Option("--format", help="How to print the event.", show_default="json")
    ] = None,
    jsonl: LinesOption = False,
) -> ExitCode:
    """Show what a CloudTrail event says: which runtime, who, how.

    Reads an EventBridge event, or a record as CloudTrail's log files hold it.
    """
    from guardrail_cli import tracing

    if jsonl and form is Format.TEXT:
        raise typer.BadParameter("expected json, all that --jsonl prints", param_hint="--format")
    if jsonl:
        return tracing.trace_lines(file)
    return tracing.trace_document(file, form or Format.JSON)
