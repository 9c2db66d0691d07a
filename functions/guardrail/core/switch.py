"""Switches: what every loop reads before it changes anything. A suspension always ends by itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from guardrail.core.errors import InvalidInput

USUAL_TIME = timedelta(hours=4)
LONGEST_TIME = timedelta(days=7)
_EXPECTED = "a time such as PT4H, 4h, 30m or P1D, from one minute to seven days"
_ISO = re.compile(r"P(?:(?P<days>\d{1,3})D)?(?:T(?=\d)(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?)?", re.ASCII)
_SHORT = re.compile(r"(?:(?P<days>\d{1,3})d)?(?:(?P<hours>\d{1,5})h)?(?:(?P<minutes>\d{1,6})m)?", re.ASCII)


class Scope(StrEnum):
    """What can be suspended: the response to drifted runtimes, the rules, or the gateway's place in the path."""

    RESPONSE = "response"
    POLICY = "policy"
    INSERTION = "insertion"


class SwitchState(StrEnum):
    """A loop acts while its switch is engaged, and keeps its hands off while it is backed out."""

    ENGAGED = "engaged"
    BACKED_OUT = "backed-out"


@dataclass(frozen=True, slots=True)
class Suspension:
    """One backed-out switch.

    Attributes:
        target: The gateway for INSERTION, "" otherwise: a table of switches is one account and Region's, or one
            controller's.
        until: When it ends by itself (UTC).
        claimed_by: Who the caller says to be: a claim, which AWS does not vouch for.
        caller: Who AWS says the caller is, where it does.
    """

    scope: Scope
    target: str
    since: datetime
    until: datetime
    reason: str
    claimed_by: str | None = None
    caller: str | None = None


def parse_state(text: object) -> SwitchState:
    """Read the state of a switch.

    Raises:
        InvalidInput: It is neither; then nothing may be changed.
    """
    if text not in list(SwitchState):
        raise InvalidInput("switch", "'engaged' or 'backed-out'; nothing was changed")
    return SwitchState(str(text))


def switch_name(scope: Scope, target: str = "") -> str:
    """Return the name of a switch: the scope, and the gateway where each has its own."""
    return f"{scope}#{target}" if target else scope.value


def is_engaged(scope: Scope, states: Mapping[str, SwitchState]) -> bool:
    """Say whether a loop may act: none of the scope's switches is backed out; one that nobody ever wrote is engaged."""
    of_scope = (state for name, state in states.items() if name.partition("#")[0] == scope)
    return all(state is SwitchState.ENGAGED for state in of_scope)


def parse_time(where: str, text: object) -> timedelta:
    """Read how long a suspension may last: ISO 8601 such as PT4H or P1DT12H, or short as in 4h, 30m, 1d12h.

    Raises:
        InvalidInput: It is none, nothing, or more than seven days: there is no open-ended suspension.
    """
    found = (_ISO.fullmatch(text) or _SHORT.fullmatch(text)) if isinstance(text, str) else None
    if found is None:
        raise InvalidInput(where, _EXPECTED)
    time = timedelta(**{unit: int(number) for unit, number in found.groupdict().items() if number})
    if not timedelta() < time <= LONGEST_TIME:
        raise InvalidInput(where, _EXPECTED)
    return time
