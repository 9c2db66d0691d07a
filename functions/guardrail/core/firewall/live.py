"""What was read from a controller: everything that a plan depends on, in one form whatever the version."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from guardrail.core.evidence import digest
from guardrail.core.firewall.objects import SYSTEM_GROUPS, Action, DefaultAction, Rule, SmartGroup, WebGroup
from guardrail.core.firewall.policy import Policy, Ruleset, Tier
from guardrail.core.firewall.versions import ControllerVersion
from guardrail.core.firewall.wire import ATTACHMENT_POINTS
from guardrail.core.firewall.wire_reading import is_web_group, parse_policy, parse_smart_group, parse_web_group

Document = Mapping[str, Any]
_PERMIT_AND_WATCH_FOR_INTRUDERS = "INTRUSION_DETECTION_PERMIT"
_RESERVED = ("defa11a1-", "def000ad-", "def05854-", "def05847-")
"""What the uuids of the controller's own rules, rulesets and groups begin with; old versions do not mark them."""
_KUBERNETES_POINT = "defa11a1-3000-6000-5000-000000000000"
_TIERS = {
    ATTACHMENT_POINTS["TERRAFORM_BEFORE_UI_MANAGED"]: Tier.BEFORE,
    _KUBERNETES_POINT: Tier.KUBERNETES,
    ATTACHMENT_POINTS["TERRAFORM_AFTER_UI_MANAGED"]: Tier.AFTER,
}


@dataclass(frozen=True, slots=True)
class LiveDefault:
    """The default action. `log_profile` is a uuid, or empty."""

    action: str
    logging: bool
    log_profile: str = ""


@dataclass(frozen=True, slots=True)
class LiveState:
    """A controller at one moment.

    Attributes:
        groups: All app domains, each with `uuid`, `name`, `selector.any[].all`, `system_resource`.
        policies: The V1 list, system rules included; rules have every member, and `enforcement` rather than `watch`.
        rulesets: Rulesets and policy groups, the V1 list perhaps among them; None where the version has none.
        default_action: None where the version has no call for it.
        dcf_on: Whether the firewall is on at all.
        point: Uuid of the attachment point that the ruleset is to hang from; None if there is none of that name.
    """

    version: ControllerVersion
    groups: tuple[Document, ...]
    policies: tuple[Document, ...]
    rulesets: tuple[Document, ...] | None
    default_action: LiveDefault | None
    dcf_on: bool
    point: str | None

    def digest(self) -> str:
        """Return `sha256:` and a digest of all of it; the order of what has no order does not count."""
        default = self.default_action
        return digest(
            {
                "version": str(self.version),
                "groups": _by_uuid(self.groups),
                "policies": [dict(rule) for rule in self.policies],
                "rulesets": None if self.rulesets is None else _by_uuid(self.rulesets),
                "default_action": default and [default.action, default.logging, default.log_profile],
                "dcf_on": self.dcf_on,
                "point": self.point,
            }
        )

    def policy(self) -> Policy:
        """Return what the gateways decide by, as far as the contract tells.

        Raises:
            InvalidInput: A rule is of a form that the contract does not have.
        """
        names = self.group_names()
        own = [rule for rule in self.policies if not is_system(rule)]
        listed = {rule["uuid"] for rule in own}
        rulesets = [Ruleset("V1 Policy List", Tier.V1_LIST, _rules(own, names))]
        for each in self.rulesets or ():
            if tier := _TIERS.get(each.get("attach_to", "")):
                found = (rule for rule in self._flat(each) if rule["uuid"] not in listed)
                rulesets.append(Ruleset(each["name"], tier, _in_given_order(_rules(found, names))))
        default = self.default_action
        return Policy(
            tuple(rulesets),
            self.smart_groups(),
            self.web_groups(),
            DefaultAction(Action(default.action if default else "PERMIT"), bool(default and default.logging)),
        )

    def group_names(self) -> dict[str, str]:
        """Return the names of all groups by uuid; what is called like one of the controller's own goes by its uuid."""
        named = {group["uuid"]: group["name"] for group in self.groups}
        return {uuid: uuid if name in SYSTEM_GROUPS else name for uuid, name in named.items()} | _SYSTEM_NAMES

    def smart_groups(self) -> dict[str, SmartGroup]:
        """Return everybody's smart groups by those names, without what every controller has."""
        return {group["name"]: parse_smart_group(group) for group in self._named() if not is_web_group(group)}

    def web_groups(self) -> dict[str, WebGroup]:
        """Return everybody's web groups by those names."""
        return {group["name"]: parse_web_group(group) for group in self._named() if is_web_group(group)}

    def _named(self) -> Iterator[Document]:
        names = self.group_names()
        return ({**group, "name": names[group["uuid"]]} for group in self.groups if group["uuid"] not in _SYSTEM_NAMES)

    def _flat(self, ruleset: Document, depth: int = 0) -> Iterator[Document]:
        """Return the rules of a ruleset, or of everything that a policy group holds, in order."""
        yield from sorted(ruleset.get("policies") or (), key=lambda rule: int(rule["priority"]))
        for part in ruleset.get("sub_policies") or () if depth < len(self.rulesets or ()) else ():
            point = (part.get("attachment_point") or {}).get("uuid")
            held = part.get("list") or part.get("block")
            for inner in self.rulesets or ():
                if (point and inner.get("attach_to") == point) or (held and inner["uuid"] == held):
                    yield from self._flat(inner, depth + 1)


_SYSTEM_NAMES = {uuid: name for name, uuid in SYSTEM_GROUPS.items()}


def is_system(each: Document) -> bool:
    """Say whether a group, rule or ruleset is the controller's own."""
    return bool(each.get("system_resource")) or str(each.get("uuid", "")).startswith(_RESERVED)


def _by_uuid(documents: Iterable[Document]) -> list[dict[str, Any]]:
    return sorted((dict(document) for document in documents), key=lambda document: str(document["uuid"]))


def _rules(documents: Iterable[Document], names: Mapping[str, str]) -> tuple[Rule, ...]:
    return tuple(live_rule(document, names) for document in documents)


def live_rule(rule: Document, names: Mapping[str, str]) -> Rule:
    """Read a rule, whosever it is: a permit with intrusion detection permits.

    Raises:
        InvalidInput: It is of a form that the contract does not have.
    """
    permits = rule["action"] == _PERMIT_AND_WATCH_FOR_INTRUDERS
    return parse_policy({**rule, "action": "PERMIT"} if permits else rule, names)


def _in_given_order(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    return tuple(replace(rule, priority=at) for at, rule in enumerate(rules))
