"""Rules of a pack: nodes -> values of the core."""

import re
from dataclasses import dataclass

from guardrail.core.firewall.finding import Code
from guardrail.core.firewall.objects import (
    ALL_WEB,
    ANYWHERE,
    DEFAULT_ACTION,
    DEFAULT_TLS_PROFILE,
    PUBLIC_INTERNET,
    Action,
    AppRequirement,
    Decrypt,
    PortRange,
    Protocol,
    Rule,
)
from policy_pack.part import Part
from policy_pack.problem import did_you_mean

KEYS = (
    "name", "why", "priority", "action", "src", "dst", "web", "protocol", "ports", "decrypt", "app", "logging",
    "tls_profile",
)  # fmt: skip
MAX_PRIORITY = 2**31 - 1
MAX_PORT_RANGES = 64
_RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_SYSTEM = {
    "anywhere": ANYWHERE, "any": ANYWHERE,
    "publicinternet": PUBLIC_INTERNET, "internet": PUBLIC_INTERNET, "public": PUBLIC_INTERNET,
    "allweb": ALL_WEB, "anyweb": ALL_WEB,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Names:
    """The groups that rules and expectations may name."""

    smart: frozenset[str]
    web: frozenset[str]

    def smart_group(self, part: Part) -> str:
        """Read the name of a smart group of the pack, or of the controller's own."""
        return _known(part, self.smart, (ANYWHERE, PUBLIC_INTERNET), "smart group")

    def web_group(self, part: Part) -> str:
        """Read the name of a web group of the pack, or of the controller's own."""
        return _known(part, self.web, (ALL_WEB,), "web group")


def system_name(word: str) -> str:
    """Return the controller's own name of what people call any, anywhere, public internet or all web."""
    return _SYSTEM.get(re.sub(r"[ _-]", "", word).lower(), word)


def _known(part: Part, own: frozenset[str], system: tuple[str, ...], kind: str) -> str:
    word = part.name()
    if word in own or not word:
        return word
    name = system_name(word)
    if name not in system:
        part.wrong(f"no {kind} is named '{word}'{did_you_mean(word, [*own, *system])}", Code.UNKNOWN_NAME)
    return name


def read_rule(part: Part, names: Names) -> Rule:
    """Read one rule. What it says about logging and decryption may be missing: checking the pack will say so."""
    own_name = part.node.members.get("name")
    part = Part(part.node, part.path, part.reading, own_name.text if own_name else None)
    part.allow(KEYS)
    name = _name(part)
    action = part.need("action")
    protocol = part.need("protocol")
    priority = part.need("priority")
    decrypt, app, logging = part.member("decrypt"), part.member("app"), part.member("logging")
    rule = Rule(
        name=name,
        why=_why(part),
        priority=priority.number(0, MAX_PRIORITY) if priority else 0,
        action=action.word(Action) if action else Action.DENY,
        src=_groups(part.need("src"), names),
        dst=_groups(part.need("dst"), names),
        protocol=protocol.word(Protocol) if protocol else Protocol.ANY,
        web=_web(part.member("web"), names),
        ports=_ports(part.member("ports")),
        decrypt=decrypt.word(Decrypt, without=(Decrypt.UNSPECIFIED,)) if decrypt else Decrypt.UNSPECIFIED,
        app=app.word(AppRequirement, without=(AppRequirement.UNSPECIFIED,)) if app else AppRequirement.UNSPECIFIED,
        logging=logging.flag() if logging else False,
        tls_profile=_tls_profile(part.member("tls_profile")),
    )
    if rule.protocol is Protocol.ICMP and rule.ports:
        part.wrong("ICMP has no ports")
    return rule


def _name(part: Part) -> str:
    member = part.need("name")
    name = member.name() if member else ""
    if member and name.lower() == DEFAULT_ACTION:
        member.wrong(f"{DEFAULT_ACTION} is what decides when no rule does")
    return name


def _why(part: Part) -> str:
    member = part.member("why")
    if member is None:
        part.wrong("'why' is missing; say what the rule is for", fatal=False)
        return ""
    return " ".join(member.text().split())


def _groups(part: Part | None, names: Names) -> tuple[str, ...]:
    """Read source or destination. An empty list is nobody, not everybody: the rule will be left out."""
    return tuple(dict.fromkeys(names.smart_group(each) for each in part.names())) if part else ()


def _web(part: Part | None, names: Names) -> tuple[str, ...]:
    if part is not None and not part.names():
        part.wrong("expected at least one web group, or no `web` at all; empty never means all")
    return tuple(dict.fromkeys(names.web_group(each) for each in part.names())) if part else ()


def _ports(part: Part | None) -> tuple[PortRange, ...]:
    if part is None:
        return ()
    if len(part.names()) > MAX_PORT_RANGES:
        part.wrong(f"expected at most {MAX_PORT_RANGES} ports and ranges")
    return tuple(_port_range(each) for each in part.names())


def _port_range(part: Part) -> PortRange:
    value = part.node.value
    found = _RANGE.fullmatch(part.node.text) if isinstance(value, int | str) and not isinstance(value, bool) else None
    low = int(found[1]) if found else -1
    high = int(found[2]) if found and found[2] else low
    if not 0 <= low <= high <= 65_535:
        part.wrong("expected a port from 0 to 65535, or a range such as 8000-8100")
        return PortRange(0, 0)
    return PortRange(low, high)


def _tls_profile(part: Part | None) -> str | None:
    if part is None:
        return None
    text = part.text()
    if text == "default":
        return DEFAULT_TLS_PROFILE
    if text and not _UUID.fullmatch(text):
        part.wrong("expected default, or the uuid of a TLS profile")
    return text or None
