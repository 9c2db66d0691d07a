"""An announcement: something that people did with the guardrail, told to machines and to people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Announcement:
    """One announcement.

    Attributes:
        kind: The detail type of the event, such as `Back-out`.
        detail: JSON values only; no secret, no environment variable.
        lines: The message for people, a paragraph each.
    """

    kind: str
    detail: Mapping[str, Any]
    title: str
    lines: tuple[str, ...]

    def subject(self) -> str:
        """Return a line of at most 100 ASCII characters, as SNS wants it."""
        return _line(self.title).encode("ascii", "replace").decode()[:100]

    def message(self) -> str:
        """Return what people read; nothing in it can steer a terminal or add a line of its own."""
        return "\n\n".join(_line(line) for line in self.lines)


def _line(text: str) -> str:
    return "".join(character for character in text if character.isprintable())
