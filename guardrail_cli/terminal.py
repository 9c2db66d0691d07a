"""What reaches a terminal: data is shown as it is, without control characters, markup or made-up colours."""

import contextlib
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:  # Rich is loaded only by commands that print for people
    from rich.console import Console


def plain(text: str) -> str:
    """Return the text without anything that could steer a terminal: control characters, changes of direction."""
    return "".join(character for character in text if character.isprintable())


def say(text: str) -> None:
    """Print the text on stderr, as one line; a stderr that is closed or broken is no reason to fail."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            sys.stderr.write(plain(" ".join(text.split())) + "\n")
            sys.stderr.flush()


def on_terminal(stream: TextIO | None) -> bool:
    """Say whether somebody sits in front of a stream."""
    return stream is not None and stream.isatty()


def page(stream: TextIO | None = None) -> "Console":
    """Return a console that interprets nothing in data, and colours only a terminal whose user did not set NO_COLOR.

    Args:
        stream: Where it prints; stdout unless told otherwise.
    """
    from rich.console import Console

    file = stream or sys.stdout
    colours = on_terminal(file) and not os.environ.get("NO_COLOR")
    return Console(
        file=file,
        force_terminal=colours,
        color_system="auto" if colours else None,
        markup=False,
        emoji=False,
        highlight=False,
    )
