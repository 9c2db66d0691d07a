"""How often and how soon the response acts, as a platform engineer writes it down for stack and function."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.response import ResponseMode, ResponsePolicy
from guardrail.core.runtimes.rules import RuleId

_LONGEST_DAYS = 90
_DENIALS_BEYOND = 15
"""Each lift may be followed by a denial; were there no more of these, the last of the attempts would end undenied."""
_LEAST_AND_MOST = {
    "attempts": (1, 100),
    "window_minutes": (5, 24 * 60),
    "breaker_changes": (1, 10_000),
    "breaker_minutes": (1, 24 * 60),
    "wait_seconds": (1, 900),
}
_KEYS = (*_LEAST_AND_MOST, "grace_days", "may_wipe_session_storage")


@dataclass(frozen=True, slots=True)
class ResponseSettings:
    """How often and how soon the response acts. Kept small: it travels in a function's environment.

    Attributes:
        attempts: Repairs of one runtime within `window_minutes`; then it stays denied and a person has to act.
        breaker_changes: Changes of all runtimes together within `breaker_minutes`; then all of them stop for a while.
        wait_seconds: Between two looks at a runtime that AgentCore still changes.
        grace_days: For how many days a rule is only warned about, by rule.
        may_wipe_session_storage: Repair although a new version is reported to wipe managed session storage.
    """

    attempts: int = 5
    window_minutes: int = 60
    breaker_changes: int = 10
    breaker_minutes: int = 5
    wait_seconds: int = 30
    grace_days: tuple[tuple[RuleId, int], ...] = ()
    may_wipe_session_storage: bool = False

    def document(self) -> dict[str, Any]:
        """Return what is not as usual, as JSON values to be read back."""
        grace = {"grace_days": {rule.value: days for rule, days in self.grace_days}} if self.grace_days else {}
        usual = ResponseSettings()
        names = [each for each in _KEYS if each != "grace_days" and getattr(self, each) != getattr(usual, each)]
        return {**{name: getattr(self, name) for name in names}, **grace}

    def policy(self, mode: ResponseMode, zone: LandingZone) -> ResponsePolicy:
        """Return what may be done in a zone."""
        return ResponsePolicy(
            mode,
            zone,
            attempts=self.attempts,
            denials=self.attempts + _DENIALS_BEYOND,
            window=timedelta(minutes=self.window_minutes),
            grace={rule: timedelta(days=days) for rule, days in self.grace_days},
            may_wipe_session_storage=self.may_wipe_session_storage,
        )


def parse_response_settings(where: str, document: object) -> ResponseSettings:
    """Read the settings; what the document lacks is as usual.

    Raises:
        InvalidInput: It is no object, or a key is unknown or of the wrong form.
    """
    if not isinstance(document, Mapping) or set(document) - set(_KEYS):
        raise InvalidInput(where, "an object with no keys but " + ", ".join(_KEYS))
    given: dict[str, Any] = dict(document)
    for name in given.keys() & _LEAST_AND_MOST.keys():
        given[name] = _integer(f"{where}.{name}", given[name], *_LEAST_AND_MOST[name])
    if "grace_days" in given:
        given["grace_days"] = _grace(f"{where}.grace_days", given["grace_days"])
    if not isinstance(given.get("may_wipe_session_storage", False), bool):
        raise InvalidInput(f"{where}.may_wipe_session_storage", "true or false")
    return ResponseSettings(**given)


def _grace(where: str, value: object) -> tuple[tuple[RuleId, int], ...]:
    if not isinstance(value, Mapping) or not set(value) <= set(RuleId):
        raise InvalidInput(where, "an object of days by rule: " + ", ".join(RuleId))
    return tuple((rule, _integer(f"{where}.{rule}", value[rule], 0, _LONGEST_DAYS)) for rule in RuleId if rule in value)


def _integer(where: str, value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise InvalidInput(where, f"an integer from {least} to {most}")
    return value
