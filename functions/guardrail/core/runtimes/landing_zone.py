"""The landing zone: where agents of one account and Region may run."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from guardrail.core.errors import InvalidInput

_KEYS = ("account", "region", "subnets", "security_groups", "capacity_providers")
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class LandingZone:
    """The approved subnets, security groups and capacity providers of one account and Region.

    Attributes:
        account: Twelve digits.
        subnets, security_groups: Ids, sorted, never empty.
        capacity_providers: ARNs, sorted; empty when Instances compute is not approved.
    """

    account: str
    region: str
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    capacity_providers: tuple[str, ...] = ()
    subnet_set: frozenset[str] = field(init=False, repr=False, compare=False)
    security_group_set: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "subnet_set", frozenset(self.subnets))
        object.__setattr__(self, "security_group_set", frozenset(self.security_groups))

    def document(self) -> dict[str, Any]:
        """Return the zone as JSON values, in the form that `parse_landing_zone` reads."""
        return {
            "account": self.account,
            "region": self.region,
            "subnets": list(self.subnets),
            "security_groups": list(self.security_groups),
            "capacity_providers": list(self.capacity_providers),
        }


def parse_landing_zone(document: object) -> LandingZone:
    """Read a zone.

    Raises:
        InvalidInput: A key is unknown, missing or of the wrong form, or a list that must name something is empty.
    """
    if not isinstance(document, Mapping):
        raise InvalidInput("zone", "an object with " + ", ".join(_KEYS))
    unknown = [key for key in document if key not in _KEYS]
    if unknown:
        raise InvalidInput("zone", f"no keys but {', '.join(_KEYS)} ({len(unknown)} unknown)")
    return LandingZone(
        account=_text(document, "account", _ACCOUNT, "12 digits"),
        region=_text(document, "region", re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+"), "an AWS Region such as us-east-1"),
        subnets=_ids(document, "subnets", "subnet-", required=True),
        security_groups=_ids(document, "security_groups", "sg-", required=True),
        capacity_providers=_ids(document, "capacity_providers", "arn:", required=False),
    )


def _text(document: Mapping[str, Any], key: str, pattern: re.Pattern[str], expected: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise InvalidInput(f"zone.{key}", f"a string, {expected}")
    return value


def _ids(document: Mapping[str, Any], key: str, prefix: str, *, required: bool) -> tuple[str, ...]:
    values = document.get(key, [])
    if not isinstance(values, list) or not all(isinstance(value, str) and value.startswith(prefix) for value in values):
        raise InvalidInput(f"zone.{key}", f"a list of strings that start with '{prefix}'")
    if required and not values:
        raise InvalidInput(f"zone.{key}", "at least one; an empty list would approve nothing")
    return tuple(sorted(set(values)))
