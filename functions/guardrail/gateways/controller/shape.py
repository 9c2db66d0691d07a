"""Checks that what the controller returned has the form that the rest of us rely on."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from guardrail.core.errors import GatewayError
from guardrail.gateways.controller.outcome import UNEXPECTED

Document = Mapping[str, Any]
"""A JSON object as it stands on the wire; members that we do not know are kept."""
T = TypeVar("T")


class Unexpected(Exception):  # noqa: N818  the name says it all
    """What was read is not of the expected form."""


def checked(operation: str, read: Callable[[Any], T], document: Any) -> T:
    """Read a document, or raise a GatewayError that does not quote it."""
    try:
        return read(document)
    except Unexpected:
        pass
    raise GatewayError(operation, UNEXPECTED.code, retryable=UNEXPECTED.retryable)


def object_(value: Any) -> Document:
    """Return a JSON object."""
    if not isinstance(value, dict):
        raise Unexpected
    return value


def objects(value: Any) -> tuple[Document, ...]:
    """Return a list of JSON objects; absent and null are the empty one."""
    return tuple(object_(item) for item in _list(value))


def texts(value: Any) -> tuple[str, ...]:
    """Return a list of texts; absent and null are the empty one."""
    return tuple(text(item) for item in _list(value))


def text(value: Any) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise Unexpected
    return value


def text_or_empty(value: Any) -> str:
    """Return a text; absent and null are the empty one."""
    return "" if value is None else text(value)


def flag(value: Any) -> bool:
    """Return a boolean; absent and null are false."""
    if value is not None and not isinstance(value, bool):
        raise Unexpected
    return bool(value)


def number(value: Any) -> int:
    """Return an integer; absent and null are 0."""
    if value is None:
        return 0
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unexpected
    return value


def uuid_of(document: Any) -> str:
    """Return the uuid that a create answered with."""
    uuid = text(object_(document).get("uuid"))
    if not uuid:
        raise Unexpected
    return uuid


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Unexpected
    return value
