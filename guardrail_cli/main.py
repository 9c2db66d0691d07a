"""Entry point: runs a command, and turns whatever stops it into one line on stderr and an exit code."""

import sys
from collections.abc import Sequence

# Everything else is imported inside `run`: Ctrl-C while it loads must not show a traceback either.


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        arguments: Without the program's name; None for those of this process.
    """
    try:
        from guardrail_cli.app import dispatch

        return dispatch(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:
        return _failed("guardrail: interrupted")
    except Exception as error:  # noqa: BLE001  the last place that can spare the user a traceback
        from guardrail_cli.failure import in_one_line

        return _failed(in_one_line(error))


def _failed(line: str) -> int:
    from guardrail_cli.exit_code import ExitCode
    from guardrail_cli.terminal import say

    say(line)
    return ExitCode.FAILED
