"""What changes of an object, in words: the same for terminals and for pull requests."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_LISTED = 20
"""Items of one list; --format json has all of them."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How a difference is told: of two values, and of what a list has only after and only before."""

    differs: str
    only_after: str
    only_before: str


TO_COME = Wording("{} -> {}", "+", "-")
FOUND = Wording("{}, the pack says {}", "lacks ", "has besides ")


def changed_fields(change: Mapping[str, Any], wording: Wording = TO_COME) -> list[str]:
    """Return what differs between before and after, one text a field; none if there is only one of the two."""
    before, after = change["before"], change["after"]
    if before is None or after is None:
        return []
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return [f"{name}: {_difference(before.get(name), after.get(name), wording)}" for name in names]


def content(change: Mapping[str, Any]) -> str:
    """Return what an object that comes or goes says, in one line, without what says nothing."""
    view = change["after"] or change["before"] or {}
    told = {name: value for name, value in view.items() if name != "name" and value not in (None, "", [])}
    return ", ".join(f"{name} {word(value)}" for name, value in told.items())


UNKNOWN = "unknown: the controller could not be read, so nothing can be said of what it has"


def is_unknown(document: Mapping[str, Any]) -> bool:
    """Say whether nobody knows what differs: no change is listed because nothing was read."""
    return document["sync"] == "Unknown" and not document["changes"]


def summary(document: Mapping[str, Any], verb: str = "to change") -> str:
    """Return the line that sums a plan up; of a controller that could not be read nothing is claimed."""
    if is_unknown(document):
        return UNKNOWN
    actions = [change["action"] for change in document["changes"]]
    counted = ", ".join(f"{actions.count(action)} {action}" for action in ("create", "update", "delete"))
    changing = f"{len(actions)} {verb} ({counted})" if actions else "nothing to change"
    return f"{changing}, {rest(document)}"


def rest(document: Mapping[str, Any], fine: str = "unchanged") -> str:
    """Return how many objects stay as they are, ours and those of others."""
    return f"{document['unchanged']} {fine}; {counted(document['foreign'], 'object')} of others left alone"


def counted(number: int, what: str) -> str:
    """Return a number of things in words."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def word(value: Any) -> str:
    """Return a value as people write it."""
    match value:
        case None | "":
            return "none"
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return " ".join(f"{key} {word(each)}" for key, each in value.items())
        case list() | tuple():
            return " | ".join(_few([word(each) for each in value])) or "none"
    return str(value)


def _difference(before: Any, after: Any, wording: Wording) -> str:
    if not isinstance(before, list) or not isinstance(after, list):
        return wording.differs.format(word(before), word(after))
    return ", ".join(_few(list(_moves(before, after, wording)))) or "another order"


def _moves(before: Sequence[Any], after: Sequence[Any], wording: Wording) -> Iterator[str]:
    yield from (f"{wording.only_after}{word(each)}" for each in after if each not in before)
    yield from (f"{wording.only_before}{word(each)}" for each in before if each not in after)


def _few(items: list[str]) -> list[str]:
    more = len(items) - MOST_LISTED
    return items if more <= 0 else [*items[:MOST_LISTED], f"and {more} more"]
