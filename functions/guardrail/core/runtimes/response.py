"""What the guardrail may do about a runtime that drifted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.rules import RuleId


class ResponseMode(StrEnum):
    """OBSERVE records and reports; QUARANTINE makes the runtime uncallable; REPAIR also puts it right."""

    OBSERVE = "OBSERVE"
    QUARANTINE = "QUARANTINE"
    REPAIR = "REPAIR"


@dataclass(frozen=True, slots=True)
class ResponsePolicy:
    """What may be done in one landing zone, and how often.

    Attributes:
        attempts: Within `window`, so many repairs of one runtime, so many moves of each of its endpoints and so many
            lifts of its denial; then it stays denied and a person has to act.
        denials: Within `window`, so many denials of one runtime: more than its own lifts can lead to, so that only
            somebody who keeps on removing them uses them up.
        grace: How long a rule is only warned about, counted from when the runtime was first seen to break it.
        may_wipe_session_storage: Repair although a new version is reported to wipe managed session storage.
    """

    mode: ResponseMode
    zone: LandingZone
    attempts: int = 5
    window: timedelta = timedelta(hours=1)
    grace: Mapping[RuleId, timedelta] = field(default_factory=dict)
    may_wipe_session_storage: bool = False
    denials: int = 20


def parse_mode(where: str, text: str) -> ResponseMode:
    """Read a mode, in any case.

    Raises:
        InvalidInput: It is none.
    """
    if not text.isascii() or text.upper() not in list(ResponseMode):  # other alphabets have letters that become ours
        raise InvalidInput(where, "OBSERVE, QUARANTINE or REPAIR")
    return ResponseMode(text.upper())
