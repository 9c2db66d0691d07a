"""DCF's own objects: smart groups, web groups, rules, the default action."""

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What a rule does with a flow that it decides."""

    PERMIT = "PERMIT"
    DENY = "DENY"


class Protocol(StrEnum):
    """What a rule or a flow is about; ANY is for rules only."""

    TCP = "TCP"
    UDP = "UDP"
    ICMP = "ICMP"
    ANY = "ANY"


class Decrypt(StrEnum):
    """Whether the gateway may open the TLS of flows that a rule matches."""

    ALLOWED = "ALLOWED"
    NOT_ALLOWED = "NOT_ALLOWED"
    UNSPECIFIED = "UNSPECIFIED"


class AppRequirement(StrEnum):
    """What a rule demands of the flow's application protocol."""

    UNSPECIFIED = "UNSPECIFIED"
    TLS_REQUIRED = "TLS_REQUIRED"
    NOT_TLS_REQUIRED = "NOT_TLS_REQUIRED"


class Enforcement(StrEnum):
    """Whether a rule decides. MONITOR is Watch: it only says what it would have done."""

    ENFORCE = "ENFORCE"
    MONITOR = "MONITOR"
    DISABLE = "DISABLE"


ANYWHERE = "Anywhere"
PUBLIC_INTERNET = "Public Internet"
ALL_WEB = "All-Web"
SYSTEM_GROUPS = {
    ANYWHERE: "def000ad-0000-0000-0000-000000000000",
    PUBLIC_INTERNET: "def000ad-0000-0000-0000-000000000001",
    ALL_WEB: "def000ad-0000-0000-0000-000000000002",
}
"""Groups that every controller has, by name, with their uuids. Nobody creates or deletes them."""

DEFAULT_TLS_PROFILE = "def000ad-6000-0000-0000-000000000001"
DEFAULT_ACTION = "default-action"
"""What decided a flow that no rule matched."""

Selector = tuple[tuple[str, str], ...]
"""Keys and values that must all hold, sorted by key, in the controller's words: `(("cidr", "10.0.0.0/8"),)`."""


@dataclass(frozen=True, slots=True)
class SmartGroup:
    """Who: everything that one of the selectors finds.

    Attributes:
        within: CIDRs outside of which the group has no member, for groups that only the controller can resolve.
    """

    name: str
    selectors: tuple[Selector, ...] = ()
    within: tuple[str, ...] = ()

    def values(self, key: str) -> tuple[str, ...]:
        """Return what the selectors say for a key, in their order."""
        return tuple(value for selector in self.selectors for name, value in selector if name == key)


@dataclass(frozen=True, slots=True)
class WebGroup:
    """Which names, or which URLs (`host/path`); a group never holds both. `*` stands for any characters."""

    name: str
    sni: tuple[str, ...] = ()
    url: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PortRange:
    """Ports from `lo` to `hi`, both included."""

    lo: int
    hi: int

    def __str__(self) -> str:
        return str(self.lo) if self.lo == self.hi else f"{self.lo}-{self.hi}"


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens to flows from any of `src` to any of `dst`.

    Attributes:
        priority: The lower one is asked first.
        src, dst: Names of smart groups, at least one each.
        web: Names of web groups; without any, the rule does not look at names.
        ports: Empty for all.
        tls_profile: Uuid of the profile by which the gateway checks the server's certificate, or None.
    """

    name: str
    why: str
    priority: int
    action: Action
    src: tuple[str, ...]
    dst: tuple[str, ...]
    protocol: Protocol
    web: tuple[str, ...] = ()
    ports: tuple[PortRange, ...] = ()
    decrypt: Decrypt = Decrypt.UNSPECIFIED
    app: AppRequirement = AppRequirement.UNSPECIFIED
    logging: bool = False
    enforcement: Enforcement = Enforcement.ENFORCE
    tls_profile: str | None = None


@dataclass(frozen=True, slots=True)
class DefaultAction:
    """What happens to flows that no rule matches; the controller has one for everybody."""

    action: Action
    logging: bool
