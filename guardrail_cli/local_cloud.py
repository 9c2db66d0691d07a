"""What `guardrail lab cloud` does: runs the local cloud until somebody ends it."""

import os
import shlex
import signal
from collections.abc import Mapping

from guardrail.core.errors import GuardrailError
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.output import write
from guardrail_cli.terminal import say
from guardrail_lab.cloud import LocalCloud
from guardrail_lab.process import LabError


def run(port: int, *, auth: bool) -> ExitCode:
    """Run the local cloud until SIGINT or SIGTERM.

    Args:
        port: TCP port on 127.0.0.1; 0 for a free one.

    Raises:
        GuardrailError: It cannot start.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with LocalCloud(port=port, auth=auth) as cloud:
            write(shell_lines(cloud.environment(), os.environ).encode())
            say(f"the local cloud listens on {cloud.endpoint_url}; Ctrl-C ends it, and all that is in it")
            os.waitpid(cloud.pid, 0)
        raise GuardrailError("lab cloud: it ended by itself, expected to run until Ctrl-C")
    except LabError as error:
        raise GuardrailError(f"lab cloud: {error}") from error
    except KeyboardInterrupt:
        return ExitCode.FINE


def shell_lines(wanted: Mapping[str, str], present: Mapping[str, str]) -> str:
    """Return the lines that turn a shell's environment into the wanted one."""
    dropped = [f"unset {name}\n" for name in sorted(present.keys() - wanted.keys())]
    changed = sorted(name for name, value in wanted.items() if present.get(name) != value)
    return "".join([*dropped, *(f"export {name}={shlex.quote(wanted[name])}\n" for name in changed)])
