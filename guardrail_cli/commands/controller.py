"""`guardrail controller`: looks at a real Aviatrix controller."""

from typing import Annotated

import typer

from guardrail_cli.exit_code import ExitCode
from guardrail_cli.formats import Format
from guardrail_cli.reach import Reach
from guardrail_cli.spread import spread

EXAMPLE = """\b
Example:
  guardrail controller probe --controller https://192.0.2.1 --ca ca.pem"""

app = typer.Typer(help="A look at an Aviatrix controller.", epilog=EXAMPLE)


@app.callback()
def controller() -> None:
    """A look at an Aviatrix controller."""


@app.command("probe", epilog=EXAMPLE)
@spread
def probe(
    reach: Reach,
    *,
    form: Annotated[Format, typer.Option("--format", help="How to print what was found.")] = Format.TEXT,
) -> ExitCode:
    """Check what the guardrail believes of a controller. It only reads.

    Exit code 2 says that something is not as believed. docs/controller.md explains each line.
    """
    from guardrail_cli import probing

    return probing.probe(reach, form)
