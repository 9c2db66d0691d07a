"""A question to whoever sits at the terminal; where nobody does, nothing is asked."""

import sys

from guardrail.core.errors import GuardrailError
from guardrail_cli.terminal import on_terminal, plain

_YES = ("y", "yes")


def can_ask() -> bool:
    """Say whether there is somebody to ask: questions go to stderr, answers come from stdin."""
    return on_terminal(sys.stdin) and on_terminal(sys.stderr)


def confirm(question: str) -> None:
    """Return if the answer is yes.

    Raises:
        GuardrailError: It is anything else.
    """
    sys.stderr.write(f"{plain(question)} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in _YES:
        raise GuardrailError("not confirmed; nothing was changed")
