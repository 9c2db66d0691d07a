"""Passwords come from the environment or from a prompt: a command line is seen by everybody on the machine."""

import os
import sys
from getpass import getpass

from guardrail.core.errors import InvalidInput
from guardrail.gateways.controller.hidden import Hidden


def password_in(variable: str) -> Hidden:
    """Return what an environment variable holds.

    Raises:
        InvalidInput: It holds nothing.
    """
    password = Hidden(os.environ.get(variable, ""))
    if password == Hidden(""):
        raise InvalidInput("--password-env", "the name of an environment variable that holds the password")
    return password


def password_of(user: str, variable: str) -> Hidden:
    """Return what an environment variable holds; if it holds nothing, ask whoever sits at the terminal.

    Raises:
        InvalidInput: It holds nothing, and nobody can be asked.
    """
    if not os.environ.get(variable) and sys.stdin is not None and sys.stdin.isatty():
        return Hidden(getpass(f"Password of {user}: "))
    return password_in(variable)
