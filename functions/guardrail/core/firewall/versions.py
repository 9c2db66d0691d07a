"""Which controller version can do what."""

import re
from dataclasses import dataclass

from guardrail.core.errors import InvalidInput

_NUMBERS = re.compile(r"(?:v|UserConnect-)?(\d{1,4})\.(\d{1,4})(?:\.\d{1,6}){0,2}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class ControllerVersion:
    """Major and minor number; builds within a minor speak alike."""

    major: int
    minor: int

    @property
    def has_enforcement(self) -> bool:
        """Whether a rule has `enforcement` in the place of `watch`."""
        return self >= ENFORCEMENT

    @property
    def has_rulesets(self) -> bool:
        """Whether there are many rulesets in a tree, beside the V1 list."""
        return self >= RULESETS

    @property
    def has_default_action(self) -> bool:
        """Whether the default action can be read and written."""
        return self >= DEFAULT_ACTION_API

    @property
    def lists_features(self) -> bool:
        """Whether all feature flags can be listed."""
        return self >= FEATURE_LIST

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
FEATURE_LIST = ControllerVersion(9, 0)
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
