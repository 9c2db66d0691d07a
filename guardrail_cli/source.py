"""Where a document comes from, a file or stdin, and how its JSON is read: strictly."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import cast

import orjson

from guardrail.core.errors import GuardrailError, InvalidInput
from guardrail_cli.terminal import say


@dataclass(frozen=True, slots=True)
class Source:
    """A file; stdin when `path` is None or `-`."""

    path: str | None

    @property
    def name(self) -> str:
        """What errors call it."""
        return "stdin" if self._path is None else str(self._path)

    @property
    def _path(self) -> Path | None:
        return None if self.path in (None, "-") else Path(str(self.path))

    @contextmanager
    def opened(self) -> Iterator[BufferedReader]:
        """Open it for reading bytes.

        Raises:
            GuardrailError: It cannot be opened or read.
        """
        try:
            if self._path is None:
                yield _stdin()
            else:
                with self._path.open("rb") as stream:
                    yield stream
        except OSError as error:
            raise GuardrailError(f"{self.name}: {error.strerror}, expected a readable file") from error

    @contextmanager
    def blamed(self) -> Iterator[None]:
        """Put the source's name in front of what the core says about its content."""
        try:
            yield
        except InvalidInput as error:
            raise InvalidInput(f"{self.name}: {error.where}", error.expected) from error

    def read(self) -> object:
        """Read the one JSON document that it holds; of a name that an object repeats, the last value counts.

        Raises:
            GuardrailError: It cannot be read, or is not JSON in UTF-8. NaN, Infinity, lone surrogates, a byte order
                mark and anything after the document are not JSON.
        """
        return self._parsed(self._bytes())

    def read_written_by_hand(self) -> object:
        """Read like `read`, and refuse repeated names: who edits a file may not see that the first value is lost."""
        data = self._bytes()
        document = self._parsed(data)
        try:
            json.loads(data, object_pairs_hook=_without_repeats)
        except _RepeatedNameError:
            raise GuardrailError(f"{self.name}: expected each name at most once in a JSON object") from None
        return document

    def _bytes(self) -> bytes:
        with self.opened() as stream:
            return stream.read()

    def _parsed(self, data: bytes) -> object:
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError as error:
            raise GuardrailError(f"{self.name}:{error.lineno}:{error.colno}: expected JSON; {error.msg}") from error


class _RepeatedNameError(Exception):
    """Two members of one object have the same name."""


def _without_repeats(members: list[tuple[str, object]]) -> None:
    if len({name for name, _ in members}) < len(members):
        raise _RepeatedNameError


def _stdin() -> BufferedReader:
    if sys.stdin is None:
        raise GuardrailError("stdin: closed, expected a document, or name a file")
    if sys.stdin.isatty():
        say("reading stdin; Ctrl-D ends it, Ctrl-C gives up")
    return cast(BufferedReader, sys.stdin.buffer)
