"""Stdout: JSON documents, JSON lines and pages for people, written whole and at once."""

import contextlib
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from guardrail.core.errors import GuardrailError
from guardrail_cli.terminal import page

if TYPE_CHECKING:
    from rich.console import RenderableType

# JSON may hold them as they are, but a terminal would act on them: DEL, the C1 controls, changes of writing direction.
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def write(data: bytes) -> None:
    """Write to stdout and flush.

    Raises:
        GuardrailError: Stdout is closed, its reader is gone, or the disk is full.
    """
    if sys.stdout is None:
        raise GuardrailError("stdout: closed, expected an open stream")
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as error:
        _give_up_stdout()
        raise GuardrailError(f"stdout: {error.strerror}; not everything was written") from error


def write_document(document: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    """Write one JSON document, indented."""
    write(_safe(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)))


def json_line(document: Mapping[str, Any]) -> bytes:
    """Return a JSON document as one line, with its line break."""
    return _safe(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE))


def write_page(parts: Iterable["RenderableType"]) -> None:
    """Write what Rich renders. A text is left to the terminal to wrap, so that what is copied from it is whole."""
    from rich.text import Text

    console = page()
    with console.capture() as captured:
        for part in parts:
            console.print(part, soft_wrap=isinstance(part, Text))
    lines = [line.rstrip() for line in captured.get().splitlines()]  # Rich fills tables up with spaces
    write("".join(f"{line}\n" for line in lines).encode(console.encoding, "backslashreplace"))


def _safe(data: bytes) -> bytes:
    """Escape what a terminal would act on; the document stays the same."""
    if data.isascii() and b"\x7f" not in data:
        return data
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", data.decode()).encode()


def _give_up_stdout() -> None:
    """Let what is still buffered go nowhere: Python would try once more at its end, and complain."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
