"""Whose rules stand on a controller: installations of packs, told apart by names, which is all there is to tell."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from guardrail.core.firewall.live import LiveState, is_system
from guardrail.core.firewall.rule_form import RuleForm, rule_form

NUMBERED = re.compile(r"(?P<words>[^\d-][^-]*(?:-[^\d-][^-]*)*)-\d+-.*", re.DOTALL)
"""A rule of an installation whose prefix goes on with these words: behind the prefix, rules begin with a number."""


def installations(live: LiveState) -> dict[str, str]:
    """Return the rules that show an installation, each with the name prefix of that installation.

    The rules and groups of one share their beginning up to a dash, and each denies its sources something. What somebody
    made by hand and named that way looks the same.
    """
    names = {group["uuid"]: group["name"] for group in live.groups}
    lists = (live.policies, *(each.get("policies") or () for each in live.rulesets or ()))
    denying = (rule for rules in lists for rule in rules if rule["action"] == "DENY" and not is_system(rule))
    found = {rule["name"]: _shared(rule["name"], *_sources(rule, names)) for rule in denying}
    return {rule: prefix for rule, prefix in found.items() if prefix}


def extensions(rules: Iterable[Mapping[str, Any]], prefix: str) -> tuple[str, ...]:
    """Return what the names of rules begin with that are another installation's, though they begin with our prefix.

    Told by rules alone: an installation denies its own sources everything, and shares no source with ours.

    Args:
        rules: All there are, as the controller has them.
    """
    named = [rule for rule in rules if rule["name"].startswith(f"{prefix}-")]
    goes_on = {rule["name"]: NUMBERED.fullmatch(rule["name"].removeprefix(f"{prefix}-")) for rule in named}
    words = {name: match["words"] for name, match in goes_on.items() if match}
    forms = [rule_form(rule) for rule in named] if words else []
    return tuple(f"{prefix}-{each}-" for each in sorted({*words.values()}) if _stands_alone(each, words, forms))


def _stands_alone(each: str, words: Mapping[str, str], forms: Iterable[RuleForm]) -> bool:
    theirs = [form for form in forms if words.get(form.name) == each]
    sources = {source for form in theirs for source in form.src}
    rest = [form for form in forms if form not in theirs]
    return any(map(_denies_all, theirs)) and bool(rest) and all(sources.isdisjoint(form.src) for form in rest)


def _denies_all(form: RuleForm) -> bool:
    return form.action == "DENY" and form.protocol == "ANY" and not (form.web or form.ports)


def _sources(rule: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    """Return the names of groups; of a rule about nobody in particular, one that shares nothing."""
    return [names.get(uuid, "") for uuid in rule.get("src_ads") or ()] or [""]


def _shared(*names: str) -> str:
    """Return what names have in common before a dash, each with something behind it; "" if they have nothing."""
    parts = [name.split("-")[:-1] for name in names]
    common = 0
    while all(len(each) > common and each[common] == parts[0][common] for each in parts):
        common += 1
    return "-".join(parts[0][:common])
