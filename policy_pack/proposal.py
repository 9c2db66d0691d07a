"""One more destination, as the lines that a pack needs for it."""

import json
import re
from dataclasses import dataclass

from guardrail.core.errors import GuardrailError, InvalidInput
from guardrail.core.firewall.answer import Answer, Decision
from guardrail.core.firewall.decide import Decider
from guardrail.core.firewall.flow import parse_flow
from guardrail.core.firewall.names import SNI_PATTERN, is_address, normal_name
from guardrail.core.firewall.objects import PUBLIC_INTERNET, Action, Rule
from guardrail.core.firewall.pack import PolicyPack
from guardrail.core.firewall.site import Site
from guardrail.core.firewall.sources import Sources

_PLAIN = re.compile(r"[A-Za-z][\w .-]*[\w]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to add to a pack: a web group, a rule and an expectation.

    Attributes:
        group, rule, expectation: Lines of YAML, without line breaks, indented as in the shipped pack.
    """

    priority: int
    group: str
    rule: tuple[str, ...]
    expectation: str

    def overlay(self) -> str:
        """Return it as a change that can be put on top of the pack."""
        sections = ("web_groups:", self.group, "rules:", *self.rule, "expect:", self.expectation)
        return "".join(f"{line}\n" for line in sections)


def decided_now(pack: PolicyPack, site: Site, host: str) -> Answer:
    """Return what the pack does to agents that ask for a host.

    Raises:
        InvalidInput: It is no host name.
        GuardrailError: The pack has no rules.
    """
    name = normal_name(host)
    if not SNI_PATTERN.fullmatch(name) or "**" in name or is_address(name):
        raise InvalidInput("HOST", "a host name such as api.example.com, without scheme, port and path")
    decider = Decider(pack.policy(), site)
    origin = Sources(decider.extents).flow_from(_agents(pack))
    target = {"protocol": "TCP", "port": 443, "sni": name.replace("*", "any"), "path": "/"}
    return decider.decide(parse_flow(origin | target))


def propose(pack: PolicyPack, host: str, why: str, now: Answer) -> Proposal:
    """Return the lines that permit a host.

    Args:
        why: The reason, for everybody who reads the rule.
        now: What the pack does so far.

    Raises:
        GuardrailError: A rule denies the host before any permit is asked, or there is no room for a rule.
    """
    priority = _priority(pack)
    for rule in pack.rules:
        if rule.name == now.by and rule.priority < priority and now.decision is Decision.DENY:
            raise GuardrailError(f"{rule.name} denies it, and is asked before the rules that permit; nothing was added")
    name = normal_name(host)
    slug = re.sub(r"[^a-z0-9]+", "-", name.replace("*", "any")).strip("-")
    rule_name = f"{priority}-allow-{slug}"
    source = _quoted(_agents(pack))
    return Proposal(
        priority=priority,
        group=f"  {_quoted(slug)}: {{sni: [{_quoted(name)}]}}",
        rule=(
            f"  - {{name: {rule_name}, why: {json.dumps(why, ensure_ascii=False)},",
            f"     priority: {priority}, action: PERMIT, src: {source}, {_where(pack, name)}, web: {_quoted(slug)},",
            "     protocol: TCP, ports: [443], logging: true}",
        ),
        expectation=(
            f'  - {{from: {source}, to: "https://{name.replace("*", "any")}/", decision: PERMIT, by: {rule_name}}}'
        ),
    )


def _agents(pack: PolicyPack) -> str:
    """Return the group that the pack is about: the source of its last rule."""
    last = max(pack.rules, key=lambda rule: rule.priority, default=None)
    if last is None or not last.src:
        raise GuardrailError("the pack has no last rule whose source a new destination could be for")
    return last.src[0]


def _priority(pack: PolicyPack) -> int:
    """Return the first free number after the last permit by name."""
    taken = {rule.priority for rule in pack.rules}
    priority = max((rule.priority for rule in pack.rules if _by_name(rule)), default=min(taken) - 1) + 1
    while priority in taken:
        priority += 1
    if not 0 <= priority < max(taken):
        raise GuardrailError("no priority is free between the last permit and the last rule; renumber the pack")
    return priority


def _by_name(rule: Rule) -> bool:
    return rule.action is Action.PERMIT and bool(rule.web)


def _where(pack: PolicyPack, name: str) -> str:
    """Return destination and decryption: a host of the inspected group is opened, any other is not."""
    if pack.inspected and name in pack.smart_groups[pack.inspected].values("fqdn"):
        return f"dst: {_quoted(pack.inspected)}, decrypt: ALLOWED, tls_profile: default"
    return f"dst: {PUBLIC_INTERNET}, decrypt: NOT_ALLOWED"


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
