"""`${name}` in a pack: the binding's value takes its place, and a list of values the place of one item each."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product

from guardrail.core.firewall.finding import Code
from policy_pack.node import Node
from policy_pack.problem import Problem, UnusableError, did_you_mean

MAX_VALUES = 200_000
_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_NEEDED = frozenset(
    {"name_prefix", "account", "region", "spoke_gateway", "attachment_point", "runtime_subnets", "runtime_cidrs"}
)
"""Bindings that have no meaningful absence: without one, what needs it is wrong, not gone."""


@dataclass(slots=True)
class Binder:
    """Puts values in the place of references.

    In a list, an item that refers to a binding of n values becomes n items, none if there are none. Elsewhere a
    reference must have one value.
    """

    values: Mapping[str, tuple[str, ...]]
    problems: list[Problem]
    _made: int = field(default=0)

    def bound(self, node: Node) -> Node:
        """Return the value with every reference replaced.

        Raises:
            UnusableError: It would become too large.
        """
        if isinstance(node.value, dict):
            return replace(node, value={key: self.bound(member) for key, member in node.value.items()})
        if isinstance(node.value, list):
            return replace(node, value=[made for item in node.value for made in self._items(item)])
        before = len(self.problems)
        found = list(self._texts(node))
        if len(found) != 1 and len(self.problems) == before:
            self._wrong(node, f"one value is needed here, the bindings have {len(found) or 'none'}")
        return found[0] if found else node

    def _items(self, node: Node) -> Iterator[Node]:
        """Yield what an item of a list becomes: one for each combination of values of what it refers to."""
        if isinstance(node.value, list):
            yield self.bound(node)
        elif isinstance(node.value, dict):
            choices = [list(self._items(member)) for member in node.value.values()]
            for chosen in product(*choices):
                self._count(node)
                yield replace(node, value=dict(zip(node.value, chosen, strict=True)))
        else:
            yield from self._texts(node)

    def _texts(self, node: Node) -> Iterator[Node]:
        if not isinstance(node.value, str) or "${" not in node.value:
            yield node
            return
        names = _REFERENCE.findall(node.value)
        if _REFERENCE.sub("", node.value).find("${") >= 0:
            self._wrong(node, "a reference is written ${name}")
        for chosen in product(*[self._of(name, node) for name in names]):
            self._count(node)
            values = iter(chosen)
            text = _REFERENCE.sub(lambda _, values=values: next(values), node.value)  # type: ignore[misc]
            yield replace(node, value=text, text=text)

    def _of(self, name: str, node: Node) -> tuple[str, ...]:
        if name not in self.values:
            self._wrong(node, f"no binding is named '{name}'{did_you_mean(name, self.values)}", Code.UNKNOWN_NAME)
            return ()
        values = self.values[name]
        if not values and name in _NEEDED:
            self._wrong(node, f"the bindings lack {name}, and it is needed here; empty never means all")
            return ()
        return values

    def _count(self, node: Node) -> None:
        self._made += 1
        if self._made > MAX_VALUES:
            raise UnusableError(node.place, f"the bindings make more than {MAX_VALUES} values of this")

    def _wrong(self, node: Node, message: str, code: Code = Code.SCHEMA) -> None:
        self.problems.append(Problem(code, node.place, message, fatal=True))
