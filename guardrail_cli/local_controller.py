"""What `guardrail lab controller` does: runs the simulated controller until somebody ends it."""

import shlex
import signal
from pathlib import Path

from guardrail.core.errors import GuardrailError, InvalidInput
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.output import write
from guardrail_cli.password import password_in
from guardrail_cli.terminal import say
from guardrail_lab.controller.launch import LocalController, local_controller
from guardrail_lab.controller.release import RELEASES
from guardrail_lab.controller.sessions import Account
from guardrail_lab.process import LabError


def run(port: int, *, tls: bool, version: str | None, state: str | None, password_env: str | None) -> ExitCode:
    """Run the simulated controller until SIGINT or SIGTERM.

    Args:
        port: TCP port on 127.0.0.1; 0 for a free one.

    Raises:
        GuardrailError: It cannot start.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if version not in (None, *RELEASES):
        raise InvalidInput("--version", f"one of {', '.join(RELEASES)}")
    account = Account(password=password_in(password_env).reveal()) if password_env else Account()
    path = Path(state) if state else None
    try:
        with local_controller(port=port, tls=tls, release=version, state=path, account=account) as controller:
            write(shell_lines(controller).encode())
            release = controller.simulator.sim.release
            say(f"the simulated controller {release} listens on {controller.url}; Ctrl-C ends it")
            signal.pause()
    except LabError as error:
        raise GuardrailError(f"lab controller: {error}") from error
    except KeyboardInterrupt:
        pass
    return ExitCode.FINE


def shell_lines(controller: LocalController) -> str:
    """Return the lines that tell a shell where the controller is."""
    variables = {"CONTROLLER": controller.url}
    if controller.ca_path is not None:
        variables["CONTROLLER_CA"] = str(controller.ca_path)
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
