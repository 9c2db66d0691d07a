"""YAML text -> nodes. Built from parser events, because PyYAML's own composer crashes on deep nesting."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from guardrail.core.firewall.finding import Code
from policy_pack.node import Node, Scalar
from policy_pack.problem import Place, Problem, UnusableError

MAX_BYTES = 4_000_000
MAX_DEPTH = 24
MAX_NODES = 500_000
"""With every alias counted as often as it is used."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[+-]?(0|[1-9]\d{0,17})", re.ASCII)
_WORDS: dict[str, Scalar] = {"": None, "~": None, "null": None, "true": True, "false": False}
_TEXT_TAG = "tag:yaml.org,2002:str"


def read_yaml(path: Path, problems: list[Problem]) -> Node:
    """Read a file.

    Raises:
        OSError: It cannot be read.
        UnusableError: It is no YAML document, or one that is too large or too deep.
    """
    data = path.read_bytes()
    if len(data) > MAX_BYTES:
        raise UnusableError(Place(str(path), 1), f"at most {MAX_BYTES} bytes are read, the file has {len(data)}")
    return parse_yaml(data, str(path), problems)


def parse_yaml(data: bytes, file: str, problems: list[Problem]) -> Node:
    """Parse a document; a key that a mapping repeats is a problem, and the first one counts.

    Raises:
        UnusableError: It is no YAML document, or one that is too large or too deep.
    """
    builder = _Builder(file, problems)
    try:
        for event in yaml.parse(data, Loader=_LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        told = str(getattr(error, "problem", None) or "characters that YAML does not allow")
        raise UnusableError(Place(file, mark.line + 1 if mark else 1), f"this is not YAML: {told}") from None
    if builder.root is None:
        raise UnusableError(Place(file, 1), "the file is empty")
    return builder.root


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    place: Place
    anchor: str | None
    value: Any
    key: Node | None = None
    size: int = 1


@dataclass(slots=True)
class _Builder:
    file: str
    problems: list[Problem]
    root: Node | None = None
    _open: list[_Open] = field(default_factory=list)
    _anchors: dict[str, tuple[Node, int]] = field(default_factory=dict)

    def take(self, event: Any) -> None:
        place = Place(self.file, event.start_mark.line + 1)
        match event:
            case yaml.ScalarEvent():
                self._finish(Node(place, _scalar(event, place), event.value), event.anchor, 1)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                if len(self._open) >= MAX_DEPTH:
                    raise UnusableError(place, f"nested deeper than {MAX_DEPTH} levels")
                self._open.append(_Open(place, event.anchor, [] if isinstance(event, yaml.SequenceStartEvent) else {}))
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                done = self._open.pop()
                self._finish(Node(done.place, done.value), done.anchor, done.size)
            case yaml.AliasEvent():
                if event.anchor not in self._anchors:
                    raise UnusableError(place, f"no finished anchor is named '{event.anchor}'")
                node, size = self._anchors[event.anchor]
                self._finish(replace(node, place=place), None, size)
            case yaml.DocumentStartEvent() if self.root is not None:
                raise UnusableError(place, "one document is expected, here begins another")

    def _finish(self, node: Node, anchor: str | None, size: int) -> None:
        if anchor is not None:
            self._anchors[anchor] = (node, size)
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        parent.size += size
        if parent.size > MAX_NODES:
            raise UnusableError(node.place, f"more than {MAX_NODES} values, aliases counted as often as they are used")
        if isinstance(parent.value, list):
            parent.value.append(node)
        elif parent.key is None:
            parent.key = self._as_key(node)
        else:
            self._add_member(parent, parent.key, node)
            parent.key = None

    def _as_key(self, node: Node) -> Node:
        if isinstance(node.value, dict | list):
            raise UnusableError(node.place, f"a key is text, this is {node.kind()}")
        return node

    def _add_member(self, parent: _Open, key: Node, node: Node) -> None:
        if key.text in parent.value:
            first = parent.value[key.text].place.line
            message = f"'{key.text}' is here twice, first in line {first}; only one of them could count"
            self.problems.append(Problem(self._repetition(), key.place, message, fatal=True))
        else:
            parent.value[key.text] = replace(node, place=key.place)

    def _repetition(self) -> Code:
        """Say what a repeated key is: in a mapping of groups it is their name."""
        outer = self._open[-2].key if len(self._open) > 1 else None
        return Code.DUPLICATE_NAME if outer and outer.text.endswith("_groups") else Code.SCHEMA


def _scalar(event: Any, place: Place) -> Scalar:
    """Give a scalar its type: text unless it is plain and looks like a decimal number, true, false or null."""
    if event.tag not in (None, "!", _TEXT_TAG):
        raise UnusableError(place, "tags are not used here")
    text: str = event.value
    if event.tag is not None or not event.implicit[0]:
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    return int(text) if _INTEGER.fullmatch(text) else text
