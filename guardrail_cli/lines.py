"""`--jsonl`: one document per line in, one result per line out, in order, in constant memory."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader
from typing import Any

import orjson

from guardrail.core.errors import GuardrailError, InvalidInput
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.output import json_line, write
from guardrail_cli.source import Source

CHUNK = 256 * 1024
MAX_LINE = 16 * 1024 * 1024
"""Bytes. A longer line is an error in its place, and is not kept."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The result for one line, and whether it is fine."""

    document: Mapping[str, Any]
    fine: bool = True


def answer_lines(source: Source, answer: Callable[[object], Answer]) -> ExitCode:
    """Print the answer to every line; a line that has none gets an error in its place, and reading goes on.

    What one read brings is written at once, so that a slow producer sees each answer and a fast one costs few writes.

    Returns:
        FOUND when an answer was not fine, else FINE.

    Raises:
        GuardrailError: At the end, when a line was bad; or the source cannot be read, or stdout not be written.
    """
    number = bad = found = 0
    with source.opened() as stream:
        for batch in lines_by_read(stream):
            results = []
            for number, line in enumerate(batch, start=number + 1):  # noqa: B020  the count goes on
                try:
                    answered = answer(_parsed(line))
                    found += not answered.fine
                    results.append(json_line(answered.document))
                except InvalidInput as error:
                    bad += 1
                    results.append(json_line({"error": {"line": number, "message": str(error)}}))
            write(b"".join(results))
    if bad:
        raise GuardrailError(
            f"{source.name}: {bad} of {number} lines could not be used; their errors are in the output"
        )
    return ExitCode.FOUND if found else ExitCode.FINE


def _parsed(line: bytes | None) -> object:
    if line is None:
        raise InvalidInput("line", f"at most {MAX_LINE} bytes")
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise InvalidInput(f"column {error.colno}", f"a JSON object; {error.msg}") from error


class _Unfinished:
    """The start of a line whose end was not read yet; of one that is too long, only the length is kept."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.length = 0

    def add(self, part: bytes) -> None:
        self.length += len(part)
        if self.length > MAX_LINE:
            self._parts.clear()
        else:
            self._parts.append(part)

    def end(self) -> bytes | None:
        """Return the line, None when it is too long, and start the next one."""
        line = None if self.length > MAX_LINE else b"".join(self._parts)
        self._parts, self.length = [], 0
        return line


def lines_by_read(stream: BufferedReader) -> Iterator[list[bytes | None]]:
    """Yield the lines that each read completes; what follows the last line break is a line only if it is not empty."""
    unfinished = _Unfinished()
    while chunk := stream.read1(CHUNK):
        first, *others = chunk.split(b"\n")
        unfinished.add(first)
        if others:
            yield [unfinished.end(), *others[:-1]]
            unfinished.add(others[-1])
    if unfinished.length:
        yield [unfinished.end()]
