"""What the guardrail may do about a runtime that drifted."""

from enum import StrEnum

from guardrail.core.errors import InvalidInput


class ResponseMode(StrEnum):
    """OBSERVE records and reports. QUARANTINE and REPAIR are names that this version refuses."""

    OBSERVE = "OBSERVE"
    QUARANTINE = "QUARANTINE"
    REPAIR = "REPAIR"


def parse_mode(where: str, text: str) -> ResponseMode:
    """Read a mode, in any case.

    Raises:
        InvalidInput: It is none that this version can carry out.
    """
    if text.upper() != ResponseMode.OBSERVE:
        raise InvalidInput(where, "OBSERVE, the only mode that this version can carry out")
    return ResponseMode.OBSERVE
