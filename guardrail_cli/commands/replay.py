"""`guardrail replay`: what the guardrail would do about an event, without doing it."""

from typing import Annotated

import typer

from guardrail_cli.exit_code import ExitCode
from guardrail_cli.formats import Format
from guardrail_cli.parameters import ZoneOption

EXAMPLE = """\b
Example:
  guardrail replay event.json --snapshot s.json --zone z.json --mode repair"""


def replay(
    event: Annotated[str, typer.Argument(metavar="EVENT", help="JSON file with the event; - for stdin.")],
    *,
    snapshot: Annotated[
        str,
        typer.Option(
            "--snapshot", metavar="FILE", help="JSON file with the runtime as it is then.", show_default=False
        ),
    ],
    zone: ZoneOption,
    mode: Annotated[
        str, typer.Option("--mode", metavar="MODE", help="observe, quarantine or repair: what the guardrail may do.")
    ] = "observe",
    form: Annotated[Format, typer.Option("--format", help="How to print the result.")] = Format.JSON,
) -> ExitCode:
    """Show the verdict and the calls an event would lead to.

    None is made. The calls are exact, environment variables of the snapshot included.

    Exit code 0: nothing to do; 2: the runtime is NON_COMPLIANT or the snapshot lacks something.
    """
    from guardrail_cli import rehearsing

    return rehearsing.replay(event, snapshot, zone, mode, form)
