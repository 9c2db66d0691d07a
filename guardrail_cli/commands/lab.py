"""`guardrail lab`: a whole cloud on this machine, for trying things out; never deployed."""

from typing import Annotated

import typer

from guardrail_cli.exit_code import ExitCode

EXAMPLE = """\b
Example:
  guardrail lab cloud --port 4566"""

app = typer.Typer(help="Simulated systems on this machine, never deployed.", epilog=EXAMPLE)


@app.command("cloud", epilog=EXAMPLE)
def cloud(
    port: Annotated[int, typer.Option("--port", metavar="N", help="TCP port on 127.0.0.1; 0 takes a free one.")] = 0,
    auth: Annotated[bool, typer.Option("--auth", help="Evaluate IAM policies.")] = False,
) -> ExitCode:
    """Run a local AWS until Ctrl-C, and print what a shell needs.

    Everything it holds is gone when it ends. With the printed lines, no AWS tool in that shell reaches real AWS.
    """
    from guardrail_cli import local_cloud

    if port not in range(65536):
        raise typer.BadParameter("expected a port, 0 to 65535", param_hint="--port")
    return local_cloud.run(port, auth=auth)
