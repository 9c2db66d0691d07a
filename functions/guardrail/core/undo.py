"""What was changed, field by field, and what each was before: enough to put back exactly that and nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from guardrail.core.errors import InvalidInput

Values = Mapping[str, Any]
"""What is there now, by the keys of fields. A field whose object is gone has none."""

PRESENT = "present"
"""The field of an object that is told by its name whether it is there at all."""


class Side(StrEnum):
    """Which of the two values of a field."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of one object of the controller's.

    Attributes:
        of: The object by what does not change: `rule/<uuid>`, `rule-named/<name>`, `gateway/<name>`.
        name: The field, in our words, such as `enforcement` or `snat`.
        label: What people call it.
    """

    of: str
    name: str
    before: Any
    after: Any
    label: str

    @property
    def key(self) -> str:
        """What tells it from every other field."""
        return f"{self.of}.{self.name}"

    def is_at(self, side: Side, values: Values) -> bool:
        """Say whether the field has that value now. Lists are compared as sets: the controller may sort them."""
        absent = False if self.name == PRESENT else None
        return _same(values.get(self.key, absent), getattr(self, side.value))

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        document = {"of": self.of, "name": self.name, "before": self.before, "after": self.after, "label": self.label}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in document.items()}


@dataclass(frozen=True, slots=True)
class Undo:
    """One change of the controller, to be taken back some day.

    Attributes:
        place: Uuid of the ruleset that the rules stand in; "" for the V1 list, and for a gateway.
        route_tables: Those that a detached spoke had programmed.
    """

    fields: tuple[Field, ...] = ()
    place: str = ""
    route_tables: tuple[str, ...] = ()

    def is_at(self, side: Side, values: Values) -> bool:
        """Say whether all fields have the values of that side now."""
        return all(field.is_at(side, values) for field in self.fields)

    def foreign(self, values: Values) -> tuple[Field, ...]:
        """Return the fields that somebody else has changed since, or whose object is gone."""
        return tuple(f for f in self.fields if not (f.is_at(Side.BEFORE, values) or f.is_at(Side.AFTER, values)))

    def to_return(self, values: Values) -> "Undo":
        """Return it with only those fields that are still as we left them."""
        return replace(self, fields=tuple(field for field in self.fields if field.is_at(Side.AFTER, values)))

    def document(self) -> dict[str, Any]:
        """Return it as it is kept, until it is taken back."""
        return {
            "version": 1,
            "fields": [field.document() for field in self.fields],
            "place": self.place,
            "route_tables": list(self.route_tables),
        }


def parse_undo(where: str, document: object) -> Undo:
    """Read what was kept.

    Raises:
        InvalidInput: It is of another form.
    """
    if not isinstance(document, Mapping) or document.get("version") != 1:
        raise InvalidInput(where, "what a back-out has kept, version 1")
    fields, tables = document.get("fields"), document.get("route_tables", [])
    if not isinstance(fields, list) or not isinstance(document.get("place"), str) or not _are_texts(tables):
        raise InvalidInput(where, "fields, place and route_tables")
    return Undo(tuple(_field(where, each) for each in fields), str(document["place"]), tuple(tables))


def _field(where: str, document: object) -> Field:
    keys = ("of", "name", "before", "after", "label")
    if not isinstance(document, Mapping) or set(document) != set(keys):
        raise InvalidInput(where, "fields with " + ", ".join(keys))
    if not _are_texts([document[key] for key in ("of", "name", "label")]):
        raise InvalidInput(where, "fields whose of, name and label are texts")
    of, name, before, after, label = (document[key] for key in keys)
    return Field(of, name, _value(where, before), _value(where, after), label)


def _value(where: str, value: Any) -> Any:
    if isinstance(value, list) and _are_texts(value):
        return tuple(value)
    if not isinstance(value, str | bool):
        raise InvalidInput(where, "values that are a text, true, false or a list of texts")
    return value


def _are_texts(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return sorted(one) == sorted(other)
    return type(one) is type(other) and bool(one == other)


def labels(fields: Iterable[Field]) -> str:
    """Return what people call these fields, in one line."""
    return ", ".join(field.label for field in fields)
