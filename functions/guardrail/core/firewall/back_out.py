"""Our rules on Watch, or a permit ahead of the last deny: what one PUT changes of them, and how it is taken back."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.insertion import Refused
from guardrail.core.firewall.installations import NUMBERED, extensions
from guardrail.core.firewall.objects import ANYWHERE, SYSTEM_GROUPS, Enforcement
from guardrail.core.firewall.versions import ControllerVersion
from guardrail.core.firewall.wire import ATTACHMENT_POINTS, FIRST_ATTACHMENT_POINT
from guardrail.core.undo import PRESENT, Field, Side, Undo

PERMIT = "99-back-out-permit"
_NAMED = 30
"""Names of rules that an error lists."""
WireRule = Mapping[str, Any]
"""A rule as the controller has it, with `enforcement` in the place of `watch`; members we do not know are kept."""


@dataclass(frozen=True, slots=True)
class RuleList:
    """Rules that are replaced together.

    Attributes:
        uuid: Of the ruleset; "" for the V1 list.
        document: The ruleset itself, for writing it back; empty for the V1 list.
        rules: Without the controller's own.
    """

    uuid: str
    rules: tuple[WireRule, ...]
    attached: str = ""
    document: Mapping[str, Any] | None = None

    @property
    def is_first(self) -> bool:
        """Whether it is asked ahead of every other list."""
        return self.attached == ATTACHMENT_POINTS[FIRST_ATTACHMENT_POINT]


@dataclass(frozen=True, slots=True)
class LiveRules:
    """Every list of rules, the V1 list among them."""

    version: ControllerVersion
    lists: tuple[RuleList, ...]

    def values(self) -> dict[str, Any]:
        """Return the fields that a back-out may change, by their keys."""
        rules = [rule for each in self.lists for rule in each.rules]
        enforcement = {f"rule/{rule.get('uuid')}.enforcement": rule["enforcement"] for rule in rules}
        return enforcement | {f"rule-named/{rule['name']}.{PRESENT}": True for rule in rules}

    def own(self, rules: Iterable[WireRule], prefix: str) -> list[WireRule]:
        """Return those of some rules that are ours, and no other installation's whose prefix begins with ours."""
        others = extensions([rule for each in self.lists for rule in each.rules], prefix)
        return [rule for rule in rules if is_ours(rule, prefix) and not str(rule["name"]).startswith(others)]

    def ours(self, prefix: str) -> dict[str, str]:
        """Return the enforcement of each of our rules by its name, for people and for the record."""
        rules = self.own((rule for each in self.lists for rule in each.rules), prefix)
        return {str(rule["name"]): str(rule["enforcement"]) for rule in rules}

    def permits(self) -> dict[str, str]:
        """Return the enforcement of each rule, whosever, that permits everything because somebody has backed out."""
        rules = (rule for each in self.lists for rule in each.rules if str(rule["name"]).endswith(f"-{PERMIT}"))
        return {str(rule["name"]): str(rule["enforcement"]) for rule in rules}

    def at(self, place: str) -> RuleList | None:
        """Return the list of that uuid, or None."""
        return next((each for each in self.lists if each.uuid == place), None)

    def with_list(self, changed: RuleList) -> "LiveRules":
        """Return all with one list exchanged."""
        return replace(self, lists=tuple(changed if each.uuid == changed.uuid else each for each in self.lists))


def is_ours(rule: WireRule, prefix: str) -> bool:
    """Say whether a rule is ours: by its name, as everywhere."""
    return str(rule["name"]).startswith(f"{prefix}-")


def permit_all(live: LiveRules, prefix: str) -> Undo:
    """Return the change that lets our sources go anywhere, whatever Watch and the default action do.

    Our DENY rules go on Watch, PERMIT rules stay, and a permit that logs comes right before the last deny.

    Raises:
        Refused: There is no rule of ours, or they stand in several lists of which none is asked first.
    """
    place = _place(live, prefix, alone=False)
    denying = [rule for rule in live.own(place.rules, prefix) if rule["action"] == "DENY"]
    if not denying:
        raise Refused("policy: no rule of ours denies anything, so that there is nothing to back out of")
    enforced = (rule for rule in denying if rule["enforcement"] == Enforcement.ENFORCE)
    fields = [_field(rule, Enforcement.MONITOR) for rule in enforced]
    name = f"{prefix}-{PERMIT}"
    if not any(rule["name"] == name for rule in place.rules):
        fields.append(Field(f"rule-named/{name}", PRESENT, before=False, after=True, label=f"{name} present"))
    return Undo(tuple(fields), place.uuid)


def watch(live: LiveRules, prefix: str, names: Sequence[str] | None, *, on: bool) -> Undo:
    """Return the change that puts rules on Watch, or enforces those that are on it; disabled ones stay disabled.

    A PERMIT is never put on Watch: that could only take away what it permits.

    Args:
        names: With or without the prefix; None for every rule of ours.

    Raises:
        InvalidInput: A name is not one of ours.
        Refused: There is no rule of ours, they stand in several lists, or a PERMIT is named for Watch.
    """
    place = _place(live, prefix, alone=True)
    ours = {str(rule["name"]): rule for rule in live.own(place.rules, prefix)}
    wanted = list(ours) if names is None else [_known(name, ours, prefix) for name in names]
    permits = [name for name in wanted if on and ours[name]["action"] == "PERMIT"]
    if permits and names is not None:
        raise Refused(f"watch: {permits[0]} is a PERMIT, which would no longer permit; only DENY rules go on Watch")
    wanted = [name for name in wanted if name not in permits]
    was, to = (Enforcement.ENFORCE, Enforcement.MONITOR) if on else (Enforcement.MONITOR, Enforcement.ENFORCE)
    chosen = (ours[name] for name in dict.fromkeys(wanted))
    return Undo(tuple(_field(rule, to) for rule in chosen if rule["enforcement"] == was), place.uuid)


def rules_at(live: LiveRules, undo: Undo, side: Side) -> RuleList | None:
    """Return the one list to write so that the changed fields have the values of a side; None when they have them.

    Everything else of the list is as it was read.
    """
    place = live.at(undo.place)
    if place is None:
        return None
    values = live.values()
    changed = [field for field in undo.fields if not field.is_at(side, values)]
    wanted = {field.of: getattr(field, side.value) for field in changed}
    rules = [_with(rule, wanted) for rule in place.rules if wanted.get(f"rule-named/{rule['name']}") is not False]
    added = [of.removeprefix("rule-named/") for of, value in wanted.items() if value is True]
    for name in added:
        rules = _with_permit(rules, name, live)
    return replace(place, rules=tuple(rules)) if changed else None


def live_at(live: LiveRules, undo: Undo, side: Side) -> LiveRules:
    """Return the rules as they are, but with the changed fields at the values of a side."""
    changed = rules_at(live, undo, side)
    return live if changed is None else live.with_list(changed)


def _with(rule: WireRule, wanted: Mapping[str, Any]) -> WireRule:
    of = f"rule/{rule.get('uuid')}"
    return {**rule, "enforcement": wanted[of]} if of in wanted else rule


def _with_permit(rules: Sequence[WireRule], name: str, live: LiveRules) -> list[WireRule]:
    """Put the permit right before our last deny, with its sources."""
    ours = live.own(rules, name.removesuffix(f"-{PERMIT}"))
    denying = (rule for rule in ours if rule["action"] == "DENY")
    last = max(denying, key=lambda rule: int(rule["priority"]))
    permit = {
        "name": name,
        "action": "PERMIT",
        "src_ads": list(last["src_ads"]),
        "dst_ads": [SYSTEM_GROUPS[ANYWHERE]],
        "protocol": "PROTOCOL_UNSPECIFIED",
        "priority": max(0, int(last["priority"]) - 1),
        "logging": True,
        "flow_app_requirement": "APP_UNSPECIFIED",
        "decrypt_policy": "DECRYPT_NOT_ALLOWED",
        "enforcement": Enforcement.ENFORCE.value,
    }
    at = list(rules).index(last)
    return [*rules[:at], permit, *rules[at:]]


def _place(live: LiveRules, prefix: str, *, alone: bool) -> RuleList:
    """Return the list to change. A list that is asked first decides for our sources, whatever stands behind it."""
    places = [each for each in live.lists if live.own(each.rules, prefix)]
    if not places:
        raise Refused("policy: the controller has no rule of ours")
    if longer := _longer_prefix(live, prefix):
        raise Refused(f"policy: the rules that begin with {prefix} are those of name_prefix {longer}, not ours")
    first = next((each for each in places if each.is_first), None)
    if len(places) == 1 or (first is not None and not alone):
        return first or places[0]
    raise Refused("policy: our rules stand in more than one list, so that one change is not enough; use insertion")


def _longer_prefix(live: LiveRules, prefix: str) -> str | None:
    """Return the prefix that ours is only the beginning of: a pack's rules begin with their priority right after it."""
    names = [str(rule["name"]) for each in live.lists for rule in each.rules if is_ours(rule, prefix)]
    found = {NUMBERED.fullmatch(name.removeprefix(f"{prefix}-")) for name in names}
    words = {match["words"] if match else "" for match in found}
    return f"{prefix}-{words.pop()}" if len(words) == 1 and "" not in words else None


def _known(name: str, ours: Collection[str], prefix: str) -> str:
    full = f"{prefix}-{name.removeprefix(f'{prefix}-')}"
    if full not in ours:
        names = [each.removeprefix(f"{prefix}-") for each in ours]
        more = ", …" if len(names) > _NAMED else ""
        raise InvalidInput("rules", f"names of our rules: {', '.join(names[:_NAMED])}{more}")
    return full


def _field(rule: WireRule, after: Enforcement) -> Field:
    return Field(f"rule/{rule['uuid']}", "enforcement", str(rule["enforcement"]), after.value, str(rule["name"]))
