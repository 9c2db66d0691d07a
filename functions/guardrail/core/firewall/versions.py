"""Which controller version can do what."""

import re
from dataclasses import dataclass

from guardrail.core.errors import InvalidInput

_NUMBERS = re.compile(r"(?:v|UserConnect-)?(\d{1,4})\.(\d{1,4})(?:\.\d{1,6}){0,2}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class ControllerVersion:
    """Major and minor number; what follows them makes no difference here."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


WEB_GROUPS = ControllerVersion(7, 1)
"""The oldest version that a pack can be compiled for."""
TLS_PROFILES = ControllerVersion(8, 0)
FQDN_GROUPS = ControllerVersion(8, 1)
STARS_ANYWHERE = ControllerVersion(8, 1)
"""Before, `*` may only be the first label of a name, or all of it."""
DEFAULT_ACTION_API = ControllerVersion(8, 1)
RULESETS = ControllerVersion(8, 2)
URL_PATHS = ControllerVersion(9, 0)
ENFORCEMENT = ControllerVersion(10, 1)
"""From here on rules have `enforcement`, before they have `watch`; never both."""
CURRENT = ControllerVersion(9, 0)
"""What is assumed when nobody says: the oldest version that can do everything in a pack."""


def parse_version(where: str, text: str) -> ControllerVersion:
    """Read a version such as `9.0`, `8.2.30` or `UserConnect-7.2.5090`.

    Raises:
        InvalidInput: It is none, or one without web groups.
    """
    numbers = _NUMBERS.fullmatch(text)
    version = ControllerVersion(int(numbers[1]), int(numbers[2])) if numbers else None
    if version is None or version < WEB_GROUPS:
        raise InvalidInput(where, f"a controller version from {WEB_GROUPS} on, such as {CURRENT}")
    return version
