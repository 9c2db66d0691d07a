"""Waiting for what comes soon: a wait ends when it is there, so that the limit only says when to give up."""

import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")

SECONDS = 180.0
"""For a machine that does other work besides."""
STACK_WAITER = {"Delay": 0.2, "MaxAttempts": 900}
"""The same for CloudFormation's waiters."""
_PAUSE = 0.05


def eventually(look: Callable[[], Seen]) -> Seen:
    """Look until what is seen is true; return it."""
    deadline = time.monotonic() + SECONDS
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not seen within {SECONDS:.0f} s")
        time.sleep(_PAUSE)
    return seen
