"""The environment of a function, variable by variable, with a clear error."""

import json
from collections.abc import Mapping
from typing import Any

from guardrail.core.errors import InvalidInput


def listed(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Return the texts of a variable that must be there, separated by commas."""
    return texts(required(environ, name))


def texts(text: str) -> tuple[str, ...]:
    """Return what stands between the commas; nothing for an empty text."""
    return tuple(each for each in text.split(",") if each)


def required(environ: Mapping[str, str], name: str) -> str:
    """Return a variable's value.

    Raises:
        InvalidInput: It is missing or empty.
    """
    value = environ.get(name, "")
    if not value:
        raise InvalidInput(f"environment variable {name}", "a value; the stack sets it")
    return value


def json_of(name: str, text: str) -> Any:
    """Return the JSON value of a variable's text.

    Raises:
        InvalidInput: It is none.
    """
    try:
        return json.loads(text)
    except ValueError:
        raise InvalidInput(f"environment variable {name}", "JSON") from None


def flag(environ: Mapping[str, str], name: str) -> bool:
    """Return whether a variable that must be there says `true`.

    Raises:
        InvalidInput: It says neither `true` nor `false`.
    """
    value = required(environ, name)
    if value not in ("true", "false"):
        raise InvalidInput(f"environment variable {name}", "true or false")
    return value == "true"
