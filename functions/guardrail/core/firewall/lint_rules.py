"""What can be wrong with a rule by itself."""

from collections.abc import Iterator

from guardrail.core.firewall.finding import Code, Finding
from guardrail.core.firewall.names import normal_name, split_url
from guardrail.core.firewall.objects import ALL_WEB, DEFAULT_ACTION, Action, Decrypt, Protocol
from guardrail.core.firewall.pack import PolicyPack
from guardrail.core.firewall.shared_names import too_broad


def logging(pack: PolicyPack) -> Iterator[Finding]:
    """Rules, and the default action, that decide without a trace."""
    for at, rule in enumerate(pack.rules):
        if not rule.logging:
            message = "every rule logs; write logging: true"
            yield Finding(Code.UNLOGGED_RULE, ("rules", at, "logging"), message, rule.name)
    if pack.default_action and not pack.default_action.logging:
        message = "the default action logs too; write logging: true"
        yield Finding(Code.UNLOGGED_RULE, ("default_action", "logging"), message, DEFAULT_ACTION)


def decryption(pack: PolicyPack) -> Iterator[Finding]:
    """Rules that leave open whether the gateway may look inside, or let it where it must not or cannot."""
    for at, rule in enumerate(pack.rules):
        path = ("rules", at, "decrypt")
        if rule.decrypt is Decrypt.UNSPECIFIED:
            message = "every rule states its decrypt policy; write decrypt: NOT_ALLOWED, or ALLOWED towards the " + (
                f"inspected group {pack.inspected}" if pack.inspected else "group that `inspected` names"
            )
            yield Finding(Code.DECRYPT_UNSTATED, path, message, rule.name)
        elif rule.decrypt is Decrypt.ALLOWED and (not pack.inspected or set(rule.dst) != {pack.inspected}):
            message = f"only rules towards {pack.inspected or 'the group that `inspected` names'} may allow decryption"
            yield Finding(Code.DECRYPT_OUTSIDE_SCOPE, path, message, rule.name)
        elif rule.decrypt is Decrypt.ALLOWED and rule.protocol is not Protocol.TCP:
            message = f"only TCP can be decrypted, this rule is about {rule.protocol}"
            yield Finding(Code.DECRYPT_OUTSIDE_SCOPE, path, message, rule.name)


def web_groups(pack: PolicyPack) -> Iterator[Finding]:
    """Rules that look at names or paths they cannot see."""
    for at, rule in enumerate(pack.rules):
        if rule.web and rule.protocol is not Protocol.TCP:
            message = f"names are seen in TCP only, this rule is about {rule.protocol}; write protocol: TCP"
            yield Finding(Code.WEB_WITHOUT_TCP, ("rules", at, "protocol"), message, rule.name)
        urls = [name for name in rule.web if name in pack.web_groups and pack.web_groups[name].url]
        if urls and rule.decrypt is not Decrypt.ALLOWED:
            message = f"web group {urls[0]} holds URLs, whose paths are seen only with decrypt: ALLOWED"
            yield Finding(Code.URL_WITHOUT_DECRYPT, ("rules", at, "decrypt"), message, rule.name)


def wildcards(pack: PolicyPack) -> Iterator[Finding]:
    """Names that a rule permits although strangers can get them."""
    for at, rule in enumerate(pack.rules):
        if rule.action is not Action.PERMIT:
            continue
        if ALL_WEB in rule.web and ALL_WEB not in pack.web_groups:
            message = f"{ALL_WEB} permits every name"
            yield Finding(Code.BROAD_WILDCARD, ("rules", at, "web"), message, rule.name)
        for name in rule.web:
            for kind, position, pattern in _broad(pack, name):
                message = f"{pattern} takes in names that anybody can get; list the names that are meant"
                yield Finding(Code.BROAD_WILDCARD, ("web_groups", name, kind, position), message, rule.name)


def _broad(pack: PolicyPack, name: str) -> Iterator[tuple[str, int, str]]:
    group = pack.web_groups.get(name)
    for at, pattern in enumerate(group.sni if group else ()):
        if too_broad(normal_name(pattern)):
            yield "sni", at, pattern
    for at, pattern in enumerate(group.url if group else ()):
        split = split_url(pattern)
        if split and too_broad(split[0]):
            yield "url", at, pattern
