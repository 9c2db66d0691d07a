"""Rulesets and policy groups of controllers from 8.2 on, and the points of the tree where they are attached."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from guardrail.core.firewall.versions import ControllerVersion
from guardrail.gateways.controller.call import rest
from guardrail.gateways.controller.calls import Calls, failed
from guardrail.gateways.controller.outcome import Failure
from guardrail.gateways.controller.rule import read_rule, written_rule
from guardrail.gateways.controller.shape import (
    Document,
    Unexpected,
    checked,
    flag,
    object_,
    objects,
    text,
    text_or_empty,
    uuid_of,
)

ATTACHMENT_POINTS: Mapping[str, str] = {
    "TERRAFORM_BEFORE_UI_MANAGED": "defa11a1-3000-4001-0000-000000000000",
    "TERRAFORM_AFTER_UI_MANAGED": "defa11a1-3000-4002-0000-000000000000",
}
"""Fixed ids. Asked for them, a controller 8.2 answers with wrong ones."""
_PATH = "microseg/policy-list3"


class Rulesets:
    """The objects of the tree, rulesets and groups of them alike."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def list(self) -> tuple[dict[str, Any], ...]:
        """Return all of them, the system's own included."""
        call = rest("GET", _PATH)
        return checked(call.operation, _read_all, self._calls.results(call))

    def get(self, uuid: str) -> dict[str, Any] | None:
        """Return one of them, or None."""
        call = rest("GET", _PATH, uuid)
        outcome = self._calls.outcome(call)
        if not isinstance(outcome, Failure):
            return checked(call.operation, _read_ruleset, outcome.document)
        if outcome.code in ("not-found", "AVXERR-DFW-0025"):
            return None
        raise failed(call, outcome)

    def create(self, name: str, rules: Sequence[Document], version: ControllerVersion, *, attach_to: str = "") -> str:
        """Create a ruleset and return its uuid. Without an attachment point it is kept but not enforced.

        Raises:
            GatewayError: `AVXERR-DFW-0043` when something else is attached there.
            ValueError: A rule cannot be expressed in this version; nothing was sent.
        """
        attached = {"attach_to": attach_to} if attach_to else {}
        call = rest("POST", _PATH, content={"name": name, "policies": _written(rules, version), **attached})
        return checked(call.operation, uuid_of, self._calls.results(call))

    def replace(self, ruleset: Document, rules: Sequence[Document], version: ControllerVersion) -> None:
        """Give a ruleset that was read these rules, at once; name and attachment stay as in `ruleset`.

        A rule keeps its uuid only if it is sent with it: match them by name.

        Raises:
            ValueError: A rule cannot be expressed in this version; nothing was sent.
        """
        kept = {key: value for key, value in ruleset.items() if key != "system_resource" and value not in ("", None)}
        content = {**kept, "policies": _written(rules, version)}
        self._calls.results(rest("PUT", _PATH, ruleset["uuid"], content=content))

    def delete(self, uuid: str) -> None:
        """Delete a ruleset; one that is gone is fine."""
        call = rest("DELETE", _PATH, uuid)
        outcome = self._calls.outcome(call)
        if isinstance(outcome, Failure) and outcome.code not in ("not-found", "AVXERR-DFW-0025"):
            raise failed(call, outcome)

    def attachment_point(self, name: str) -> str | None:
        """Return the id of an attachment point, or None when there is none of that name."""
        if name in ATTACHMENT_POINTS:
            return ATTACHMENT_POINTS[name]
        return self.asked_attachment_point(name)

    def asked_attachment_point(self, name: str) -> str | None:
        """Return what the controller says that the id is."""
        call = rest("GET", "microseg/attachment-points", query=f"?{urlencode({'name': name}, errors='replace')}")
        return checked(call.operation, lambda found: _point(found, name), self._calls.results(call))


def _written(rules: Sequence[Document], version: ControllerVersion) -> list[dict[str, Any]]:
    return [written_rule(rule, version) for rule in rules]


def _read_all(document: Any) -> tuple[dict[str, Any], ...]:
    return tuple(_read_ruleset(item) for item in objects(object_(document).get("dcf_policies")))


def _read_ruleset(document: Any) -> dict[str, Any]:
    ruleset = dict(object_(document))
    if not text(ruleset.get("uuid")):
        raise Unexpected
    ruleset["name"] = text(ruleset.get("name"))
    ruleset["attach_to"] = text_or_empty(ruleset.get("attach_to"))
    ruleset["system_resource"] = flag(ruleset.get("system_resource"))
    ruleset["policies"] = [read_rule(rule) for rule in objects(ruleset.get("policies"))]
    return ruleset


def _point(found: Any, name: str) -> str | None:
    points = (object_(item) for item in objects(found))
    return next((text(point.get("attachment_point_id")) for point in points if point.get("name") == name), None)
