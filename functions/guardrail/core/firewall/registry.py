"""The registry: which rule had a uuid, and which pack was in force, through time. Log lines carry only uuids."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from guardrail.core.errors import InvalidInput

KEPT = timedelta(days=400)
"""How long what has ended is kept: longer than log lines usually are."""

MOST_ENDED = 5_000
"""So many that ended are kept, the latest: somebody who makes our rules anew all the time must not fill an item, which
holds 400 KB, for then nothing could be remembered any more."""


@dataclass(frozen=True, slots=True)
class Term:
    """What was so from `since` until just before `until` (UTC), or still is."""

    since: datetime
    until: datetime | None = None

    def overlaps(self, other: "Term") -> bool:
        """Say whether there was a moment of both; who began and ended in one moment never was."""
        return (self.until is None or other.since < self.until) and (other.until is None or self.since < other.until)

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"since": self.since.isoformat(), "until": None if self.until is None else self.until.isoformat()}


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A uuid of the controller's, and the name on the wire that its rule had then."""

    uuid: str
    name: str
    term: Term


@dataclass(frozen=True, slots=True)
class PackVersion:
    """A pack that was in force. `digest` is the bound pack's."""

    name: str
    digest: str
    term: Term


Entry = TypeVar("Entry", NamedRule, PackVersion)


@dataclass(frozen=True, slots=True)
class Registry:
    """What was applied to one controller, oldest first.

    Attributes:
        names: What any version calls its objects on the controller: what we made and may delete.
    """

    rules: tuple[NamedRule, ...] = ()
    packs: tuple[PackVersion, ...] = ()
    names: frozenset[str] = frozenset()

    def knowing(self, names: Iterable[str]) -> "Registry":
        """Return it with names that are about to be used: an apply that fails half-way leaves some of them behind."""
        return replace(self, names=self.names | frozenset(names))

    def after(self, pack: str, digest: str, rules: Mapping[str, str], names: Iterable[str], at: datetime) -> "Registry":
        """Return the registry once this is in force. What already was in force goes on as it was.

        Args:
            rules: The names of our rules on the controller by their uuids.
        """
        going_on = {(each.uuid, each.name) for each in self.rules if each.term.until is None}
        kept = [each if rules.get(each.uuid) == each.name else _ended(each, at) for each in self.rules]
        new = [NamedRule(uuid, name, Term(at)) for uuid, name in rules.items() if (uuid, name) not in going_on]
        packs = [each if each.digest == digest else _ended(each, at) for each in self.packs]
        if not any(each.digest == digest and each.term.until is None for each in packs):
            packs.append(PackVersion(pack, digest, Term(at)))
        return Registry(
            _kept([*kept, *new], at),
            _kept(packs, at),
            self.names | frozenset(names),
        )

    def of(self, uuid: str) -> list[dict[str, Any]]:
        """Return what rules had a uuid, newest first, each with the packs that were in force then."""
        found = [each for each in self.rules if each.uuid.lower() == uuid.lower()]
        return [
            {"uuid": each.uuid, "name": each.name, **each.term.document(), "packs": self._packs_during(each.term)}
            for each in sorted(found, key=lambda rule: rule.term.since, reverse=True)
        ]

    def _packs_during(self, term: Term) -> list[dict[str, Any]]:
        return [
            {"name": pack.name, "digest": pack.digest, **pack.term.document()}
            for pack in self.packs
            if pack.term.overlaps(term)
        ]

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "version": 1,
            "rules": [{"uuid": each.uuid, "name": each.name, **each.term.document()} for each in self.rules],
            "packs": [{"name": each.name, "digest": each.digest, **each.term.document()} for each in self.packs],
            "names": sorted(self.names),
        }


def parse_registry(where: str, document: Any) -> Registry:
    """Read what `Registry.document` wrote.

    Raises:
        InvalidInput: It is something else.
    """
    try:
        if document["version"] != 1:
            raise ValueError
        return Registry(
            tuple(NamedRule(str(each["uuid"]), str(each["name"]), _term(each)) for each in document["rules"]),
            tuple(PackVersion(str(each["name"]), str(each["digest"]), _term(each)) for each in document["packs"]),
            frozenset(str(each) for each in document["names"]),
        )
    except (KeyError, TypeError, ValueError):
        raise InvalidInput(where, "a registry of rules, version 1") from None


def _term(document: Mapping[str, Any]) -> Term:
    until = document["until"]
    return Term(datetime.fromisoformat(document["since"]), None if until is None else datetime.fromisoformat(until))


def _ended(each: Entry, at: datetime) -> Entry:
    return each if each.term.until is not None else replace(each, term=replace(each.term, until=at))


def _kept(entries: list[Entry], at: datetime) -> tuple[Entry, ...]:
    ended = [each for each in entries if each.term.until is not None and at - each.term.until < KEPT]
    remembered = {id(each) for each in ended[-MOST_ENDED:]}
    return tuple(each for each in entries if each.term.until is None or id(each) in remembered)
