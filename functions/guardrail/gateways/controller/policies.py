"""The V1 policy list: one list for the whole controller, read and replaced as a whole."""

from collections.abc import Iterable
from typing import Any

from guardrail.core.firewall.versions import ControllerVersion
from guardrail.gateways.controller.call import Call, rest
from guardrail.gateways.controller.calls import Calls
from guardrail.gateways.controller.rule import read_rule, written_rule
from guardrail.gateways.controller.shape import Document, checked, object_, objects

_PATH = "microseg/policy-list"


class Policies:
    """The V1 list. There is no revision and no lock: the last writer wins, so read again after a write."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def read(self) -> tuple[dict[str, Any], ...]:
        """Return all rules, the system's own included, in the controller's order."""
        call = rest("GET", _PATH)
        return checked(call.operation, _read_policies, self._calls.results(call))

    def replace(self, rules: Iterable[Document], version: ControllerVersion) -> None:
        """Make these the rules, and delete all others but the system's own, which are left out of what is sent.

        A rule that is sent with its `uuid` keeps it.

        Raises:
            ValueError: A rule cannot be expressed in this version; nothing was sent.
        """
        self.send(replacement(rules, version))

    def send(self, call: Call) -> None:
        """Make a call that `replacement` put together."""
        self._calls.results(call)


def replacement(rules: Iterable[Document], version: ControllerVersion) -> Call:
    """Return the call that replaces the list, for who reads the list once more right before it; raises as `replace`."""
    written = [written_rule(rule, version) for rule in rules if not rule.get("system_resource")]
    return rest("PUT", _PATH, content={"policies": written})


def _read_policies(document: Any) -> tuple[dict[str, Any], ...]:
    return tuple(read_rule(rule) for rule in objects(object_(document).get("policies")))
