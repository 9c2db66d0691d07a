"""`guardrail rule`: which rule a log line means."""

from typing import Annotated

import typer

from guardrail_cli.exit_code import ExitCode
from guardrail_cli.formats import Format

EXAMPLE = """\b
Examples:
  guardrail rule 11111111-2222-4333-8444-555555555555
  guardrail rule 11111111-2222-4333-8444-555555555555 --record record.json"""


def rule(
    uuid: Annotated[str, typer.Argument(metavar="UUID", help="What a log line of a gateway has for the rule.")],
    *,
    record: Annotated[
        str | None,
        typer.Option(
            "--record", metavar="FILE", help="What `guardrail pack apply --record` wrote.", show_default=False
        ),
    ] = None,
    function: Annotated[
        str | None,
        typer.Option(
            "--function", metavar="NAME", help="The deployed reconciler.", show_default="from the stacks' outputs"
        ),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print the result.")] = Format.TEXT,
) -> ExitCode:
    """Say which rule of ours has or had a uuid, and in which pack.

    Log lines carry a rule's uuid and no name. The newest is first.
    """
    from guardrail_cli import looking_up

    if record is not None and function is not None:
        raise typer.BadParameter("expected one of the two", param_hint="--record, --function")
    return looking_up.look_up(uuid, record, function, form)
