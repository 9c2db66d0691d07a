"""A part of a document that is being read: what is wrong with it is written down, and reading goes on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from guardrail.core.firewall.finding import Code, Path
from policy_pack.node import Node
from policy_pack.problem import Place, Problem, did_you_mean

Word = TypeVar("Word", bound=StrEnum)
_WITHOUT_EFFECT = (("expect",), ("never",), ("name",), ("max_deletes",))


@dataclass(slots=True)
class Reading:
    """What was met on the way: problems, and the places of all parts."""

    problems: list[Problem] = field(default_factory=list)
    places: dict[Path, Place] = field(default_factory=dict)

    def place(self, path: Path) -> Place:
        """Return where a part is, or the nearest thing around it that has a place."""
        while path not in self.places and path:
            path = path[:-1]
        return self.places[path]


@dataclass(frozen=True, slots=True)
class Part:
    """A value, and the way to it. Readers return something of the right type even when the value is wrong."""

    node: Node
    path: Path
    reading: Reading
    rule: str | None = None

    def __post_init__(self) -> None:
        self.reading.places.setdefault(self.path, self.node.place)

    def wrong(self, message: str, code: Code = Code.SCHEMA, *, fatal: bool = True) -> None:
        """Write down what is wrong; in an expectation it leaves open what is expected, not what the pack means."""
        where = written(self.path)
        told = f"{where}: {message}" if where else message
        fatal = fatal and self.path[:1] not in _WITHOUT_EFFECT
        self.reading.problems.append(Problem(code, self.node.place, told, self.rule, fatal=fatal))

    def member(self, key: str, rule: str | None = None) -> "Part | None":
        """Return a member of the mapping that this is, or None if it has none of that name, or an empty one."""
        node = self.node.members.get(key)
        if node is None or node.value is None:
            return None
        return Part(node, (*self.path, key), self.reading, rule or self.rule)

    def members(self) -> "list[tuple[str, Part]]":
        """Return all members of a mapping, whose keys are names of the user's choice."""
        if not isinstance(self.node.value, dict):
            self.wrong(f"expected a mapping, this is {self.node.kind()}")
        return [
            (key, Part(node, (*self.path, key), self.reading, self.rule)) for key, node in self.node.members.items()
        ]

    def items(self) -> "list[Part]":
        """Return the items of a list."""
        if not isinstance(self.node.value, list):
            self.wrong(f"expected a list, this is {self.node.kind()}")
        return [Part(node, (*self.path, at), self.reading, self.rule) for at, node in enumerate(self.node.items)]

    def allow(self, keys: Iterable[str]) -> bool:
        """Say whether this is a mapping; keys that it may not have are written down."""
        if not isinstance(self.node.value, dict):
            self.wrong(f"expected a mapping with {', '.join(keys)}; this is {self.node.kind()}")
            return False
        known = list(keys)
        for key, node in self.node.members.items():
            if key not in known:
                unknown = Part(node, (*self.path, key), self.reading, self.rule)
                unknown.wrong(f"there is no such key{did_you_mean(key, known)}")
        return True

    def need(self, key: str) -> "Part | None":
        """Return a member that must be there."""
        part = self.member(key)
        if part is None:
            self.wrong(f"'{key}' is missing")
        return part

    def text(self) -> str:
        """Read a text that is not empty, on one line or many, without control characters."""
        value = self.node.value
        if isinstance(value, str) and value.strip() and all(each.isprintable() or each in "\n\t" for each in value):
            return value.strip()
        expected = "a text without control characters" if isinstance(value, str) and value.strip() else "a text"
        self.wrong(f"expected {expected}, this is {self.node.kind()}")
        return ""

    def name(self) -> str:
        """Read a name of something: a text of one line, 100 characters at most."""
        value = self.text()
        if len(value) > 100 or "\n" in value or "\t" in value:
            self.wrong("expected a name of at most 100 characters on one line")
        return value

    def flag(self) -> bool:
        """Read true or false."""
        if not isinstance(self.node.value, bool):
            self.wrong(f"expected true or false, this is {self.node.kind()}")
        return self.node.value is True

    def number(self, least: int, most: int) -> int:
        """Read a whole number."""
        value = self.node.value
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.wrong(f"expected a whole number from {least} to {most}")
            return least
        return value

    def word(self, kind: type[Word], *, without: tuple[Word, ...] = ()) -> Word:
        """Read one of a few words."""
        known = [word for word in kind if word not in without]
        for word in known:
            if self.node.value == word.value:
                return word
        value = self.node.value if isinstance(self.node.value, str) else ""
        self.wrong(f"expected {', '.join(known)}{did_you_mean(value.upper(), known)}")
        return known[0]

    def names(self) -> "list[Part]":
        """Return the parts of what is one name or a list of names."""
        return self.items() if isinstance(self.node.value, list) else [self]


def written(path: Path) -> str:
    """Write a path as people do: `rules[4].web`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text
