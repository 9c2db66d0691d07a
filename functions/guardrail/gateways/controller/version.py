"""Which controller answers."""

import re
from typing import Any

from guardrail.core.firewall.versions import ControllerVersion
from guardrail.gateways.controller.shape import Unexpected, object_, text

_NUMBER = re.compile(r"(?:UserConnect-|v)?(\d{1,4})\.(\d{1,4})")


def read_version(results: Any) -> ControllerVersion:
    """Read the results of `list_version_info`, such as `8.2.30` or `UserConnect-7.2.5090`."""
    found = _NUMBER.match(text(object_(results).get("current_version")))
    if found is None:
        raise Unexpected
    return ControllerVersion(int(found[1]), int(found[2]))
