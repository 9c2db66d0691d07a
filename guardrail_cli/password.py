"""Passwords come from the environment: a command line is seen by everybody on the machine."""

import os

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
