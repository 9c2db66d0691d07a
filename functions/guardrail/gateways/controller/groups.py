"""SmartGroups and WebGroups, which are one collection: app-domains."""

from collections.abc import Mapping, Sequence
from typing import Any

from guardrail.gateways.controller.call import Call, rest
from guardrail.gateways.controller.calls import Calls, failed
from guardrail.gateways.controller.outcome import Failure
from guardrail.gateways.controller.shape import Document, Unexpected, checked, flag, object_, objects, text, uuid_of

Expression = Mapping[str, str]
"""Selector keys and values; all of them must hold."""
_PATH = "app-domains"


class Groups:
    """Every group of the controller, the system's own included."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def list(self) -> tuple[Document, ...]:
        """Return all groups: `uuid`, `name`, `selector.any[].all`, `system_resource`, and what else they have."""
        call = rest("GET", _PATH)
        return checked(call.operation, _read_groups, self._calls.results(call))

    def get(self, uuid: str) -> Document | None:
        """Return one group, or None."""
        return self._find(rest("GET", _PATH, uuid))

    def named(self, name: str) -> Document | None:
        """Return the group of that name, or None. Controllers before 8.0 do not have this call."""
        return self._find(rest("GET", f"{_PATH}/name", name))

    def create(self, name: str, expressions: Sequence[Expression]) -> str:
        """Create a group of whatever matches one of the expressions, and return its uuid."""
        call = rest("POST", _PATH, content=_body(name, expressions))
        return checked(call.operation, uuid_of, self._calls.results(call))

    def replace(self, uuid: str, name: str, expressions: Sequence[Expression]) -> None:
        """Give a group this name and these expressions; its uuid stays."""
        self._calls.results(rest("PUT", _PATH, uuid, content=_body(name, expressions)))

    def delete(self, uuid: str) -> None:
        """Delete a group; one that is gone is fine.

        Raises:
            GatewayError: `AVXERR-SMARTGROUP-0003`, retryable, while a rule uses it and for some seconds after.
        """
        call = rest("DELETE", _PATH, uuid)
        outcome = self._calls.outcome(call)
        if isinstance(outcome, Failure) and outcome.code != "not-found":
            raise failed(call, outcome)

    def _find(self, call: Call) -> Document | None:
        outcome = self._calls.outcome(call)
        if not isinstance(outcome, Failure):
            return checked(call.operation, _read_group, outcome.document)
        if outcome.code == "not-found":
            return None
        raise failed(call, outcome)


def _body(name: str, expressions: Sequence[Expression]) -> dict[str, Any]:
    return {"name": name, "selector": {"any": [{"all": dict(expression)} for expression in expressions]}}


def _read_groups(document: Any) -> tuple[Document, ...]:
    found = objects(object_(document).get("app_domains"))
    return tuple(_read_group(group) for group in found if group.get("uuid") != "")


def _read_group(document: Any) -> Document:
    group = dict(object_(document))
    if not text(group.get("uuid")):
        raise Unexpected
    group["name"] = text(group.get("name"))
    group["system_resource"] = flag(group.get("system_resource"))
    selector = {} if group.get("selector") is None else object_(group["selector"])
    group["selector"] = {**selector, "any": [{"all": _expression(item)} for item in objects(selector.get("any"))]}
    return group


def _expression(item: Document) -> Document:
    return {} if item.get("all") is None else object_(item["all"])
