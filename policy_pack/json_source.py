"""Bindings may be JSON. Most JSON is YAML, and then errors know their line; what is not is read here."""

import json
from pathlib import Path
from typing import Any

from policy_pack.node import Node
from policy_pack.problem import Place, Problem, UnusableError
from policy_pack.yaml_source import MAX_DEPTH, read_yaml


def read_either(path: Path, problems: list[Problem]) -> Node:
    """Read a file of YAML or JSON.

    Raises:
        OSError: It cannot be read.
        UnusableError: It is neither.
    """
    try:
        return read_yaml(path, problems)
    except UnusableError:
        try:
            document = json.loads(path.read_bytes())
        except (ValueError, RecursionError):
            pass
        else:
            return _node(document, Place(str(path), 1), MAX_DEPTH)
        raise


def _node(value: Any, place: Place, depth: int) -> Node:
    if depth == 0:
        raise UnusableError(place, f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        return Node(place, {key: _node(member, place, depth - 1) for key, member in value.items()})
    if isinstance(value, list):
        return Node(place, [_node(item, place, depth - 1) for item in value])
    return Node(place, str(value) if isinstance(value, float) else value, str(value))
