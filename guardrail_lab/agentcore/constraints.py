"""Which constraints of the service model a value breaks: required members, types, sizes, patterns, enumerations."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
}

Broken = tuple[str, str]
Test = Callable[[Any], bool]


def compiled(shape: Shape) -> Test:
    """Return a quick test of whether a value breaks nothing.

    It says the same as ``broken_constraints``, an order of magnitude faster, because it looks at the shape only once.
    """
    return _test(shape, {})


def _test(shape: Shape, known: dict[str, Test]) -> Test:
    if shape.name in known:
        return known[shape.name]
    # A shape may hold itself: until its own test is made, the name stands for looking it up.
    known[shape.name] = lambda value: known[shape.name](value)  # noqa: PLW0108
    known[shape.name] = _own_test(shape, known)
    return known[shape.name]


def _own_test(shape: Shape, known: dict[str, Test]) -> Test:
    if isinstance(shape, StructureShape):
        if getattr(shape, "is_document_type", False):
            return lambda _value: True
        members = {name: _test(member, known) for name, member in shape.members.items()}
        required, union = shape.required_members, getattr(shape, "is_tagged_union", False)
        return lambda value: _fits_structure(value, members, required, union)
    if isinstance(shape, ListShape):
        item = _test(shape.member, known)
        return lambda value: isinstance(value, list) and _fits(shape, value) and all(map(item, value))
    if isinstance(shape, MapShape):
        key, item = _test(shape.key, known), _test(shape.value, known)
        return lambda value: (
            isinstance(value, dict) and _fits(shape, value) and all(map(key, value)) and all(map(item, value.values()))
        )
    return lambda value: _has_type(shape, value) and _fits(shape, value)


def _fits_structure(value: Any, members: dict[str, Test], required: list[str], union: bool) -> bool:
    if not isinstance(value, dict) or any(value.get(name) is None for name in required):
        return False
    present = [(members[name], item) for name, item in value.items() if item is not None and name in members]
    return not (union and len(present) != 1) and all(test(item) for test, item in present)


def _fits(shape: Shape, value: Any) -> bool:
    return not shape.metadata or next(_own(shape, value, ""), None) is None


def _has_type(shape: Shape, value: Any) -> bool:
    expected = PYTHON_TYPES.get(shape.type_name)
    return expected is None or (
        isinstance(value, expected) and not (isinstance(value, bool) and shape.type_name != "boolean")
    )


def broken_constraints(shape: Shape, value: Any, where: str = "") -> Iterator[Broken]:
    """Yield (member, what is wrong), depth first. The value itself is never part of the text."""
    if getattr(shape, "is_document_type", False):
        return
    if not _has_type(shape, value):
        yield where, f"must be a {shape.type_name}"
        return
    yield from _own(shape, value, where)
    if isinstance(shape, StructureShape):
        yield from _members(shape, value, where)
    elif isinstance(shape, ListShape):
        for index, item in enumerate(value):
            yield from broken_constraints(shape.member, item, f"{where}.{index + 1}.member")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from broken_constraints(shape.key, key, f"{where}.key")
            yield from broken_constraints(shape.value, item, f"{where}.value")


def _members(shape: StructureShape, value: dict[str, Any], where: str) -> Iterator[Broken]:
    present = {name for name, item in value.items() if item is not None and name in shape.members}
    for name in shape.required_members:
        if name not in present:
            yield f"{where}.{name}".lstrip("."), "must not be null"
    if getattr(shape, "is_tagged_union", False) and len(present) != 1:
        yield where, "must have exactly one member set"
    for name in shape.members:
        if name in present:
            yield from broken_constraints(shape.members[name], value[name], f"{where}.{name}".lstrip("."))


def _own(shape: Shape, value: Any, where: str) -> Iterator[Broken]:
    rules = shape.metadata
    size = len(value) if isinstance(value, str | list | dict) else value
    what = "have length" if size is not value else "have value"
    if "min" in rules and size < rules["min"]:
        yield where, f"must {what} greater than or equal to {rules['min']}"
    if "max" in rules and size > rules["max"]:
        yield where, f"must {what} less than or equal to {rules['max']}"
    if rules.get("enum") and value not in rules["enum"]:
        yield where, f"must satisfy enum value set: [{', '.join(rules['enum'])}]"
    pattern = _compiled(rules["pattern"]) if "pattern" in rules else None
    if pattern and isinstance(value, str) and not pattern.fullmatch(value):
        yield where, f"must satisfy regular expression pattern: {rules['pattern']}"


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:
        return None  # \p{...} exists in the service's Java and not here; two payment members use it
