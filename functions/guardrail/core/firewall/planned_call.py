"""One request that a plan makes: what is to be changed, and what must not have changed since it was looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from guardrail.core.errors import GuardrailError

Document = Mapping[str, Any]
_REFERENCE = "group/"
_GROUPS, _TREE = "app-domains", "microseg/policy-list3"


class Verb(StrEnum):
    """What a request does; PUT replaces the whole of what it names."""

    CREATE_GROUP = "create-group"
    REPLACE_GROUP = "replace-group"
    DELETE_GROUP = "delete-group"
    CREATE_RULESET = "create-ruleset"
    REPLACE_RULESET = "replace-ruleset"
    DELETE_RULESET = "delete-ruleset"
    REPLACE_LIST = "replace-list"
    SET_DEFAULT_ACTION = "set-default-action"


_REQUESTS = {
    Verb.CREATE_GROUP: ("POST", _GROUPS),
    Verb.REPLACE_GROUP: ("PUT", _GROUPS),
    Verb.DELETE_GROUP: ("DELETE", _GROUPS),
    Verb.CREATE_RULESET: ("POST", _TREE),
    Verb.REPLACE_RULESET: ("PUT", _TREE),
    Verb.DELETE_RULESET: ("DELETE", _TREE),
    Verb.REPLACE_LIST: ("PUT", "microseg/policy-list"),
    Verb.SET_DEFAULT_ACTION: ("PUT", "microseg/default-action-policy"),
}


class Overtaken(GuardrailError):  # noqa: N818  the name says it all
    """Somebody else wrote between our reading and our writing; nothing was written."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} has changed since it was read; nothing was written to it")


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One request.

    Attributes:
        name: Of the object on the controller.
        uuid: Of the object; None for one that is created, and for what the controller has only one of.
        selectors: Of a group, as its expressions.
        rules: Of a ruleset or of the V1 list, all of them, in order, with the uuids that they keep. They may name
            groups by `reference`, which the uuid takes the place of once there is one.
        seen: The rules that were there when the plan was made: the request is only made if they still are.
        settings: Of a ruleset what else it has; of the default action all it has.
    """

    verb: Verb
    name: str
    uuid: str | None = None
    selectors: tuple[Document, ...] = ()
    rules: tuple[Document, ...] = ()
    seen: tuple[Document, ...] | None = None
    settings: Document = field(default_factory=dict)

    @property
    def refers(self) -> str:
        """What rules name a group by until it has a uuid."""
        return reference(self.name)

    def document(self) -> dict[str, str]:
        """Return it as plans and records list it; `{uuid}` for what is yet to be created."""
        method, path = _REQUESTS[self.verb]
        created = (self.uuid or "").startswith(_REFERENCE)
        key = "/{uuid}" if created else f"/{quote(self.uuid, safe='')}" if self.uuid else ""
        return {"method": method, "path": f"/v2.5/api/{path}{key}"}

    def resolved(self, uuids: Mapping[str, str]) -> "PlannedCall":
        """Return it with the uuids of groups that were created, by reference."""
        if not uuids:
            return self
        rules = tuple(_resolved(rule, uuids) for rule in self.rules)
        return replace(self, rules=rules, uuid=uuids.get(self.uuid or "", self.uuid))


def reference(name: str) -> str:
    """Return what stands for the uuid of a group that is yet to be created."""
    return f"{_REFERENCE}{name}"


def _resolved(rule: Document, uuids: Mapping[str, str]) -> Document:
    """Return the rule with uuids; one that names no new group, such as somebody else's, is the same object."""
    sides = ("src_ads", "dst_ads", "web_filters")
    changed = {
        side: [uuids.get(each, each) for each in rule[side]]
        for side in sides
        if any(each in uuids for each in rule.get(side) or ())
    }
    return {**rule, **changed} if changed else rule
