"""What of a pack one controller can carry in one mode; the rest is left out, with the reason."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from guardrail.core.firewall.objects import (
    ALL_WEB,
    ANYWHERE,
    PUBLIC_INTERNET,
    Action,
    Decrypt,
    Enforcement,
    Rule,
    SmartGroup,
    WebGroup,
)
from guardrail.core.firewall.pack import Mode, PolicyPack
from guardrail.core.firewall.versions import FQDN_GROUPS, STARS_ANYWHERE, TLS_PROFILES, URL_PATHS, ControllerVersion

Group = TypeVar("Group", SmartGroup, WebGroup)


@dataclass(frozen=True, slots=True)
class Omission:
    """A rule that is left out."""

    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Deployable:
    """A pack whose every rule can be sent.

    Attributes:
        omitted: Rules that it lacks, in the order of the pack.
        adjusted: What else was changed, in words.
    """

    pack: PolicyPack
    omitted: tuple[Omission, ...] = ()
    adjusted: tuple[str, ...] = ()


class _Unfit(Exception):  # noqa: N818  says why something cannot be sent
    pass


def deployable(pack: PolicyPack, version: ControllerVersion, mode: Mode) -> Deployable:
    """Return what can be sent to a controller.

    Empty never means all: a rule that names only empty groups is left out, it is never sent without the field.
    """
    adjusted: list[str] = []
    smart = {name: _smart_group(group, version, adjusted) for name, group in pack.smart_groups.items()}
    web = {name: _web_group(group, version, adjusted) for name, group in pack.web_groups.items()}
    closed = _why_nothing_is_decrypted(version, mode)
    kept: list[Rule] = []
    omitted: list[Omission] = []
    for rule in pack.rules:
        try:
            kept.append(_fitted(_with_groups(rule, smart, web, closed), version, mode, closed, adjusted))
        except _Unfit as unfit:
            omitted.append(Omission(rule.name, str(unfit)))
    fitted = replace(
        pack,
        rules=tuple(kept),
        smart_groups=smart,
        web_groups=web,
    )
    return Deployable(fitted, tuple(omitted), tuple(adjusted))


def _why_nothing_is_decrypted(version: ControllerVersion, mode: Mode) -> str | None:
    if version < URL_PATHS:
        return f"controller {version} cannot see URL paths, {URL_PATHS} can"
    return "nothing is decrypted in mode discover" if mode is Mode.DISCOVER else None


def _smart_group(group: SmartGroup, version: ControllerVersion, adjusted: list[str]) -> SmartGroup:
    if version >= FQDN_GROUPS or not group.values("fqdn"):
        return group
    adjusted.append(f"smart group {group.name}: controller {version} knows no fqdn, {FQDN_GROUPS} does")
    kept = tuple(selector for selector in group.selectors if not any(key == "fqdn" for key, _ in selector))
    return replace(group, selectors=kept)


def _web_group(group: WebGroup, version: ControllerVersion, adjusted: list[str]) -> WebGroup:
    if version >= STARS_ANYWHERE:
        return group
    kept = tuple(name for name in group.sni if name == "*" or "*" not in name.removeprefix("*."))
    if kept != group.sni:
        lost = len(group.sni) - len(kept)
        adjusted.append(f"web group {group.name}: {lost} names with * inside, which {STARS_ANYWHERE} is needed for")
    return replace(group, sni=kept)


def _with_groups(rule: Rule, smart: Mapping[str, SmartGroup], web: Mapping[str, WebGroup], closed: str | None) -> Rule:
    """Return the rule without the groups that are empty or cannot be looked at.

    Raises:
        _Unfit: Nothing is left of what it names.
    """
    src = tuple(name for name in rule.src if _is_system(name, smart) or smart[name].selectors)
    dst = tuple(name for name in rule.dst if _is_system(name, smart) or smart[name].selectors)
    names = tuple(name for name in rule.web if _is_system(name, web) or web[name].sni)
    urls = () if closed else tuple(name for name in rule.web if name in web and web[name].url)
    for kept, named, kind in ((src, rule.src, "source"), (dst, rule.dst, "destination")):
        if not kept:
            raise _Unfit(f"its {kind} is empty: {', '.join(named) or 'it names no group'}")
    if rule.web and not (names or urls):
        needs_path = closed and any(name in web and web[name].url for name in rule.web)
        raise _Unfit(
            f"it needs a URL path: {closed}" if needs_path else f"its web group is empty: {', '.join(rule.web)}"
        )
    return replace(rule, src=src, dst=dst, web=tuple(name for name in rule.web if name in names or name in urls))


def _fitted(rule: Rule, version: ControllerVersion, mode: Mode, closed: str | None, adjusted: list[str]) -> Rule:
    if closed and rule.decrypt is Decrypt.ALLOWED:
        adjusted.append(f"rule {rule.name}: not decrypted, {closed}")
        rule = replace(rule, decrypt=Decrypt.NOT_ALLOWED)
    if rule.tls_profile and version < TLS_PROFILES:
        adjusted.append(f"rule {rule.name}: no TLS profile, controller {version} knows none")
        rule = replace(rule, tls_profile=None)
    watched = mode is not Mode.ENFORCE and rule.action is Action.DENY and rule.enforcement is Enforcement.ENFORCE
    return replace(rule, enforcement=Enforcement.MONITOR) if watched else rule


def _is_system(name: str, own: Mapping[str, Group]) -> bool:
    return name in (ANYWHERE, PUBLIC_INTERNET, ALL_WEB) and name not in own
