"""Which rules have a flow's name, or its URL, in one of their web groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from guardrail.core.firewall.flow import App, Flow
from guardrail.core.firewall.membership import Bits
from guardrail.core.firewall.names import Glob, fixed_suffix, glob, normal_name, split_url, suffixes
from guardrail.core.firewall.objects import ALL_WEB, Decrypt, Protocol, Rule, WebGroup

Value = TypeVar("Value")


class NameTable(Generic[Value]):
    """Values by name pattern; finding those for a name looks only at patterns that end like it."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._exact = {pattern: (glob(pattern), value) for pattern, value in values.items() if "*" not in pattern}
        self._globs: dict[str, list[tuple[Glob, Value]]] = {}
        for pattern, value in values.items():
            if "*" in pattern:
                self._globs.setdefault(fixed_suffix(pattern), []).append((glob(pattern), value))

    def find(self, name: str) -> list[tuple[Glob, Value]]:
        """Return the patterns that match the name, with their values."""
        found = [self._exact[name]] if name in self._exact else []
        if self._globs:
            for suffix in suffixes(name):
                found += [entry for entry in self._globs.get(suffix, ()) if entry[0].matches(name)]
        return found


@dataclass(frozen=True, slots=True)
class WebMatch:
    """Rules whose web groups match.

    Attributes:
        possible: Those that match, or would if the path were what it is not known to be.
        assumed: Those that match only if the engine does not tell upper from lower case in paths.
    """

    sure: Bits = 0
    possible: Bits = 0
    assumed: Bits = 0


@dataclass(frozen=True, slots=True)
class _Path:
    exact: Glob
    folded: Glob
    rules: Bits


_NOTHING = WebMatch()


class WebIndex:
    """The web groups of all rules. A URL counts only for rules that allow decryption: without it nobody sees a path."""

    def __init__(self, rules: Sequence[Rule], groups: Mapping[str, WebGroup]) -> None:
        names: dict[str, Bits] = {}
        urls: dict[str, dict[str, Bits]] = {}
        self._all_web = 0
        for position, rule in enumerate(rules):
            for group in (groups[name] for name in rule.web if name in groups):
                for pattern in group.sni:
                    _add(names, normal_name(pattern), position)
                for host, path in filter(None, map(split_url, group.url)):
                    if rule.decrypt is Decrypt.ALLOWED:
                        _add(urls.setdefault(host, {}), path, position)
            if ALL_WEB in rule.web and ALL_WEB not in groups:
                self._all_web |= 1 << position
        self._names = NameTable(names)
        self._urls = NameTable({host: _paths(paths) for host, paths in urls.items()})
        self._named = lru_cache(maxsize=16_384)(self._rules_naming)

    def match(self, flow: Flow) -> WebMatch:
        """Return the rules for a flow's names. Only TLS and clear HTTP have any; QUIC hides what it has."""
        if flow.app is App.TLS:
            name = flow.sni
        elif flow.app is App.HTTP:
            name = flow.host
        else:
            return _NOTHING
        named = self._all_web | (self._named(name) if name else 0)
        if flow.sni and flow.app is App.TLS and flow.protocol is Protocol.TCP:
            return self._with_urls(flow, flow.sni, named)
        return WebMatch(named, named)

    def _rules_naming(self, name: str) -> Bits:
        rules = 0
        for _, found in self._names.find(name):
            rules |= found
        return rules

    def _with_urls(self, flow: Flow, sni: str, named: Bits) -> WebMatch:
        possible = exact = folded = 0
        host = flow.host or sni
        case_folded = flow.path.casefold() if flow.path is not None else ""
        for pattern, paths in self._urls.find(sni):
            for each in paths if host == sni or pattern.matches(host) else ():
                possible |= each.rules
                if flow.path is not None and each.folded.matches(case_folded):
                    folded |= each.rules
                    if each.exact.matches(flow.path):
                        exact |= each.rules
        sure = named | folded
        return WebMatch(sure, named | possible if flow.path is None else sure, folded & ~exact & ~named)


def _add(rules: dict[str, Bits], pattern: str, position: int) -> None:
    rules[pattern] = rules.get(pattern, 0) | 1 << position


def _paths(paths: Mapping[str, Bits]) -> tuple[_Path, ...]:
    return tuple(_Path(glob(path), glob(path.casefold()), rules) for path, rules in paths.items())
