"""What goes on while a controller is being called: one line on a terminal's stderr, overwritten, then gone."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from guardrail_cli.terminal import on_terminal, plain

if TYPE_CHECKING:
    from guardrail.gateways.controller.call import Call

_CLEARED = "\r\x1b[K"
_WIDEST = 76


class CallLog:
    """Every call that is made, logins excluded, shown as it goes on a terminal."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._documents: list[dict[str, Any]] = []

    def __call__(self, call: "Call") -> None:
        """Take note of a call; it is about to be made."""
        self._documents.append(call.document())
        self.say(f"{len(self._documents)} {call.method} {call.name}")

    def documents(self) -> list[dict[str, Any]]:
        """Return the calls as plans list them."""
        return list(self._documents)

    def say(self, text: str) -> None:
        """Show what goes on in the place of what went on before."""
        if self._shown:
            sys.stderr.write(f"{_CLEARED}{plain(text)[:_WIDEST]}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write(_CLEARED)
            sys.stderr.flush()


@contextmanager
def calls_shown() -> Iterator[CallLog]:
    """Keep a log of calls while the block runs, and show it on a terminal."""
    log = CallLog(shown=on_terminal(sys.stderr))
    try:
        yield log
    finally:
        log.clear()
