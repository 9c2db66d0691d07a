"""`guardrail lab`: a whole cloud and a controller on this machine, for trying things out; never deployed."""

from typing import Annotated

import typer

from guardrail_cli.exit_code import ExitCode

EXAMPLE = """\b
Example:
  guardrail lab cloud --port 4566"""

CONTROLLER_EXAMPLE = """\b
Example:
  guardrail lab controller --port 8443 --tls --state controller.json"""

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

    return local_cloud.run(_port(port), auth=auth)


@app.command("controller", epilog=CONTROLLER_EXAMPLE)
def controller(
    port: Annotated[int, typer.Option("--port", metavar="N", help="TCP port on 127.0.0.1; 0 takes a free one.")] = 0,
    tls: Annotated[
        bool, typer.Option("--tls", help="HTTPS, with a CA made for this run; the client wants it.")
    ] = False,
    version: Annotated[
        str | None,
        typer.Option("--version", metavar="V", help="Emulate 8.1, 8.2, 9.0 or 10.1.", show_default="9.0"),
    ] = None,
    state: Annotated[
        str | None, typer.Option("--state", metavar="FILE", help="Keep its state here.", show_default=False)
    ] = None,
    password_env: Annotated[
        str | None,
        typer.Option(
            "--password-env",
            metavar="VAR",
            help="Accept the password in this variable; without it, any but an empty one.",
            show_default=False,
        ),
    ] = None,
) -> ExitCode:
    """Run a simulated Aviatrix controller until Ctrl-C.

    Prints where it is. It begins with gateways and no policy; without --state, all is gone when it ends.
    """
    from guardrail_cli import local_controller

    return local_controller.run(_port(port), tls=tls, version=version, state=state, password_env=password_env)


def _port(port: int) -> int:
    if port not in range(65536):
        raise typer.BadParameter("expected a port, 0 to 65535", param_hint="--port")
    return port
