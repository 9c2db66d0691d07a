"""Exemptions: a broken rule that somebody answers for, for at most 90 days."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.rules import RuleId

MAX_DAYS = 90
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TEXTS = ("id", "owner", "reason", "ticket")
_KEYS = (*_TEXTS, "runtimes", "rules", "expires")


@dataclass(frozen=True, slots=True)
class Exemption:
    """Who answers for which broken rules of which runtimes, and until when.

    Attributes:
        runtimes: Case-sensitive globs on the runtime's name or ARN.
        expires: The last day (UTC) on which it holds.
    """

    id: str
    owner: str
    reason: str
    ticket: str
    runtimes: tuple[str, ...]
    rules: frozenset[RuleId]
    expires: date

    def covers(self, name: str | None, arn: str | None) -> bool:
        """Say whether the runtime with this name or ARN is meant."""
        return any(fnmatchcase(text, glob) for text in (name, arn) if text is not None for glob in self.runtimes)


@dataclass(frozen=True, slots=True)
class Exemptions:
    """The exemptions at one moment, by id; an expired one is kept only to be mentioned.

    Attributes:
        unreadable: Ids of those that were kept and are of no known form: they exempt nothing.
    """

    valid: tuple[Exemption, ...] = ()
    expired: tuple[Exemption, ...] = ()
    unreadable: tuple[str, ...] = ()

    def for_runtime(self, name: str | None, arn: str | None) -> dict[RuleId, str]:
        """Return the exempted rules of a runtime, each with the lowest id that exempts it."""
        exempted: dict[RuleId, str] = {}
        for exemption in self.valid:
            if exemption.covers(name, arn):
                for rule in exemption.rules:
                    exempted.setdefault(rule, exemption.id)
        return exempted

    def notes(self, name: str | None, arn: str | None) -> list[str]:
        """Return a note for each that would have covered the runtime, and for each of which nobody knows."""
        expired = [each for each in self.expired if each.covers(name, arn)]
        return [f"exemption {each.id} expired on {each.expires} and is ignored" for each in expired] + [
            f"exemption {each} is of no known form and is ignored" for each in self.unreadable
        ]


NONE = Exemptions()


def kept_exemptions(kept: Mapping[str, str | None], at: datetime) -> Exemptions:
    """Read exemptions as they are kept, each for itself: one that nobody can read must not hide a drift.

    Args:
        kept: The JSON text of each by its id.
        at: The moment to judge at (UTC).
    """
    readable, unreadable = [], []
    for name, text in sorted(kept.items()):
        try:
            document = json.loads(text or "")
            parse_exemptions([document], at)
        except (ValueError, RecursionError, InvalidInput):
            unreadable.append(name)
        else:
            readable.append(document)
    return replace(parse_exemptions(readable, at), unreadable=tuple(unreadable))


def parse_exemptions(documents: object, at: datetime) -> Exemptions:
    """Read a list of exemptions, or a single one.

    Args:
        at: The moment to judge at (UTC). An exemption holds until 23:59:59Z of its last day.

    Raises:
        InvalidInput: One lacks a key, names an unknown rule, has no expiry, or one more than 90 days after `at`.
    """
    if isinstance(documents, dict):
        documents = [documents]
    if not isinstance(documents, list):
        raise InvalidInput("exemptions", "a list of objects")
    today = at.astimezone(UTC).date()
    parsed = sorted((_exemption(f"exemptions[{i}]", d, today) for i, d in enumerate(documents)), key=lambda e: e.id)
    return Exemptions(
        valid=tuple(exemption for exemption in parsed if exemption.expires >= today),
        expired=tuple(exemption for exemption in parsed if exemption.expires < today),
    )


def _exemption(where: str, document: Any, today: date) -> Exemption:
    if not isinstance(document, dict) or set(document) - set(_KEYS):
        raise InvalidInput(where, "an object with the keys " + ", ".join(_KEYS))
    texts = {key: _text(f"{where}.{key}", document.get(key)) for key in _TEXTS}
    rules = _texts(f"{where}.rules", document.get("rules"))
    if not set(rules) <= set(RuleId):
        raise InvalidInput(f"{where}.rules", "only " + ", ".join(RuleId))
    expires = _expiry(f"{where}.expires", document.get("expires"))
    if (expires - today).days > MAX_DAYS:
        raise InvalidInput(f"{where}.expires", f"a day at most {MAX_DAYS} days ahead; an exemption is not for ever")
    return Exemption(
        **texts,
        runtimes=_texts(f"{where}.runtimes", document.get("runtimes")),
        rules=frozenset(RuleId(rule) for rule in rules),
        expires=expires,
    )


def _text(where: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(where, "a string that is not empty")
    return value


def _texts(where: str, values: object) -> tuple[str, ...]:
    if not isinstance(values, list) or not values or not all(isinstance(value, str) and value for value in values):
        raise InvalidInput(where, "a list of at least one string")
    return tuple(values)


def _expiry(where: str, value: object) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise InvalidInput(where, "a day such as 2026-12-31; there is no open-ended exemption")
