"""Files that a command leaves for the next one: written whole or not at all."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from guardrail.core.errors import GuardrailError


def write_file(path: str, document: Mapping[str, Any]) -> None:
    """Write a JSON document in the place of what was there, for its owner only; a crash leaves the old one or the new.

    Raises:
        GuardrailError: It cannot be written; `-` is no file, and what is kept could not be read again.
    """
    if path == "-":
        raise GuardrailError(f"{path}: expected the name of a file, not a stream")
    target = Path(path)
    data = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    try:
        descriptor, beside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            Path(beside).replace(target)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise GuardrailError(f"{path}: {error.strerror}, expected a file that can be written") from error
