"""What is ours on a controller: by the prefix of its name; what may be deleted: only what a pack of ours ever named."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_TEMPORARY = re.compile(r"(.+)\.next[2-9]?", re.ASCII | re.DOTALL)
_TEMPORARY_ENDS = (".next", *(f".next{number}" for number in range(2, 10)))


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who owns what.

    Attributes:
        prefix: An object is ours if its name starts with this and a dash.
        known: Names on the controller that earlier versions of the pack used, by the record.
        adopted: Names that somebody said to be ours all the same.
    """

    prefix: str
    known: frozenset[str] = frozenset()
    adopted: frozenset[str] = frozenset()

    def owns(self, name: str) -> bool:
        """Say whether an object of this name is ours."""
        return name.startswith(f"{self.prefix}-")

    def may_delete(self, name: str, named: Iterable[str]) -> bool:
        """Say whether an object of ours may be deleted: the record, the pack (`named`) or a person knows its name."""
        final = final_name(name)
        return any(final in names or name in names for names in (self.known, self.adopted, frozenset(named)))

    def extended(self, names: Iterable[str], own: Iterable[str], in_use: Iterable[str] = ()) -> str | None:
        """Return another prefix in use that ours extends: whoever uses it would take our objects for theirs.

        Args:
            names: Of all objects on the controller.
            own: What our names are without the prefix; a shorter prefix before one of them is in use.
            in_use: Prefixes of installations, ours perhaps among them.
        """
        shorter = {self.prefix[:at] for at, letter in enumerate(self.prefix) if letter == "-"} - {""}
        wanted = {f"{prefix}-{name}": prefix for prefix in shorter for name in own}
        found = {wanted[name] for name in names if name in wanted} | (shorter & {*in_use})
        return min(found, default=None)


def final_name(name: str) -> str:
    """Return the name that a group is to have in the end, which for most is the one they have."""
    found = _TEMPORARY.fullmatch(name)
    return found[1] if found else name


def temporary_names(name: str) -> tuple[str, ...]:
    """Return the names under which a new version of a group waits until the old one is gone."""
    return tuple(f"{name}{end}" for end in _TEMPORARY_ENDS)
