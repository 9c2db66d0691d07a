"""Which controller it is, and what that changes for its callers."""

import re
from dataclasses import dataclass
from typing import Any

from guardrail.gateways.controller.shape import Unexpected, object_, text

_NUMBER = re.compile(r"(?:UserConnect-|v)?(\d{1,4})\.(\d{1,4})")


@dataclass(frozen=True, slots=True, order=True)
class ControllerVersion:
    """Major and minor; builds within a minor speak alike."""

    major: int
    minor: int

    @property
    def has_enforcement(self) -> bool:
        """Whether a rule has `enforcement` in the place of `watch`."""
        return self >= ControllerVersion(10, 1)

    @property
    def has_rulesets(self) -> bool:
        """Whether there are many rulesets in a tree, beside the V1 list."""
        return self >= ControllerVersion(8, 2)

    @property
    def has_default_action(self) -> bool:
        """Whether the default action can be read and written."""
        return self >= ControllerVersion(8, 1)

    @property
    def lists_features(self) -> bool:
        """Whether all feature flags can be listed."""
        return self >= ControllerVersion(9, 0)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


def read_version(results: Any) -> ControllerVersion:
    """Read the results of `list_version_info`, such as `8.2.30` or `UserConnect-7.2.5090`."""
    found = _NUMBER.match(text(object_(results).get("current_version")))
    if found is None:
        raise Unexpected
    return ControllerVersion(int(found[1]), int(found[2]))
