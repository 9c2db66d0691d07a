"""Running `guardrail`, the installed one."""

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

GUARDRAIL = Path(sys.executable).with_name("guardrail")


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    out: bytes
    err: bytes

    @property
    def complaint(self) -> str:
        """The one line that a failed command prints."""
        assert (self.code, self.out) == (1, b"")
        return one_line(self.err)


def one_line(err: bytes) -> str:
    line, end, more = err.decode().partition("\n")
    assert line
    assert (end, more) == ("\n", "")
    return line


def environment(**changes: str) -> dict[str, str]:
    """A user's environment with a terminal of 80 columns, in which nothing has been said about colours."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return kept | {"TERM": "xterm-256color", "COLUMNS": "80"} | changes


def installed(*arguments: str | Path, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Outcome:
    """Run the installed command to its end."""
    done = subprocess.run([GUARDRAIL, *arguments], input=stdin, capture_output=True, env=env or environment())
    return Outcome(done.returncode, done.stdout, done.stderr)


def left_on(leader: int) -> bytes:
    """What a terminal has yet to show, when nobody can write to it any more."""
    shown = b""
    with suppress(OSError):  # how Linux says that it was all
        while piece := os.read(leader, 65536):
            shown += piece
    return shown
