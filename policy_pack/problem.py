"""What is wrong, in which line of which file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guardrail.core.firewall.finding import Code


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        code: A `Code`, or for what is only worth a warning a word of its own.
        fatal: Whether nobody can tell what the pack means.
    """

    code: str
    place: Place
    message: str
    rule: str | None = None
    by: tuple[str, ...] = ()
    witness: Mapping[str, Any] | None = None
    fatal: bool = False

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "code": str(self.code),
            "rule": self.rule,
            "where": str(self.place),
            "message": self.message,
            "by": list(self.by),
            "witness": self.witness,
        }

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def told(problems: Sequence[Problem]) -> str:
    """Return problems in one line: the worst, and how many more there are."""
    worst = next((problem for problem in problems if problem.fatal), problems[0])
    others = f" and {len(problems) - 1} more, which `guardrail pack check` lists" if len(problems) > 1 else ""
    return f"{worst}{others}"


class UnusableError(Exception):
    """A file cannot be made sense of at all."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(Code.SCHEMA, place, message, fatal=True)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for the known word that is most like the given one, or nothing."""
    from difflib import get_close_matches  # loaded only when something is wrong

    close = get_close_matches(word[:100], list(known), n=1, cutoff=0.6)
    return f"; did you mean '{close[0]}'?" if close else ""
