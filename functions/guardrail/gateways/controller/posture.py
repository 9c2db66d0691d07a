"""What holds for the whole controller: its version, the default action, feature flags, log and TLS profiles."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from guardrail.core.firewall.versions import ControllerVersion
from guardrail.gateways.controller.call import json_call, query, rest
from guardrail.gateways.controller.calls import Calls
from guardrail.gateways.controller.shape import (
    Document,
    Unexpected,
    checked,
    flag,
    object_,
    objects,
    text,
    text_or_empty,
)
from guardrail.gateways.controller.version import read_version

_DEFAULT_ACTION = "microseg/default-action-policy"


@dataclass(frozen=True, slots=True)
class DefaultAction:
    """What happens to a flow that no rule matches. `action` is PERMIT or DENY."""

    action: str
    logging: bool
    log_profile: str = ""


class Posture:
    """The controller's own settings."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def version(self) -> ControllerVersion:
        """Ask which version it is."""
        call = query("list_version_info")
        return checked(call.operation, read_version, self._calls.results(call))

    def metadata(self) -> Document:
        """Return `region`, `vpc_id`, `instance_id`, `cloud_type` of the controller itself."""
        call = rest("GET", "get-controller-metadata")
        return checked(call.operation, object_, self._calls.results(call))

    def default_action(self) -> DefaultAction:
        """Return the default action. Needs controller 8.1."""
        call = rest("GET", _DEFAULT_ACTION)
        return checked(call.operation, _read_default_action, self._calls.results(call))

    def set_default_action(self, wanted: DefaultAction) -> None:
        """Set the default action, for every gateway of the controller."""
        content = {"action": wanted.action, "logging": wanted.logging, "log_profile": wanted.log_profile}
        self._calls.results(rest("PUT", _DEFAULT_ACTION, content=content))

    def feature(self, name: str) -> bool:
        """Say whether a feature is on."""
        call = json_call("get_controller_feature", {"feature": name}, read=True)
        return checked(call.operation, lambda found: flag(object_(found).get("enabled")), self._calls.results(call))

    def features(self) -> dict[str, bool]:
        """Return every feature and whether it is on. Needs controller 9.0."""
        call = json_call("get_all_controller_features", {}, read=True)
        return checked(call.operation, _read_features, self._calls.results(call))

    def set_feature(self, name: str, *, enabled: bool) -> None:
        """Turn a feature on or off; ask first, a controller may refuse what is already so."""
        action = "enable_controller_feature" if enabled else "disable_controller_feature"
        self._calls.results(json_call(action, {"feature": name}))

    def log_profile(self, name: str) -> Document:
        """Return the log profile `start`, `end` or `start/end`. Needs controller 8.2."""
        call = rest("GET", "dcf/log-profile", query=f"?{urlencode({'profile_name': name}, errors='replace')}")
        return checked(call.operation, object_, self._calls.results(call))

    def tls_profiles(self) -> tuple[Document, ...]:
        """Return the TLS profiles. Needs controller 8.2."""
        call = rest("GET", "dcf/tls-profile")
        return checked(call.operation, lambda found: objects(object_(found).get("profiles")), self._calls.results(call))


def _read_default_action(document: Any) -> DefaultAction:
    members = object_(document)
    action = text(members.get("action"))
    if action not in ("PERMIT", "DENY"):
        raise Unexpected
    return DefaultAction(action, flag(members.get("logging")), text_or_empty(members.get("log_profile")))


def _read_features(results: Any) -> dict[str, bool]:
    return {text(item.get("feature")): flag(item.get("enabled")) for item in objects(results)}
