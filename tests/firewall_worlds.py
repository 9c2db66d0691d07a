"""Made-up firewalls and flows, small enough that rules meet: few addresses, few names, few ports."""

from ipaddress import ip_network
from random import Random

from guardrail.core.firewall.objects import (
    ALL_WEB,
    ANYWHERE,
    PUBLIC_INTERNET,
    Action,
    AppRequirement,
    Decrypt,
    DefaultAction,
    Enforcement,
    PortRange,
    Protocol,
    Rule,
    SmartGroup,
    WebGroup,
)
from guardrail.core.firewall.policy import Policy, Ruleset, Tier
from guardrail.core.firewall.site import Site

SITE = Site(
    runtime_subnets=frozenset({"subnet-1", "subnet-2"}),
    runtime_networks=(ip_network("10.50.10.0/24"),),
    client_vpc="clients",
    client_networks=(ip_network("10.60.0.0/16"),),
    endpoint_hosts=frozenset({"vpce.example.com"}),
    endpoint_networks=(ip_network("10.50.20.0/24"),),
)
NAMES = ("a.example.com", "b.example.com", "example.com", "x.y.example.org", "badexample.com", "vpce.example.com")
PATTERNS = (*NAMES, "*.example.com", "*", "a*", "*.example.*", "*example.com", "x.*.org", "A.Example.COM.")
HOSTS = ("a.example.com", "*.example.com", "b.example.com", "*")
PATHS = ("/", "/x", "/X", "/x/y", "/y/../x", "//x//y", "/%78", "/x/?q=1", "/a/shai-hulud", "/a/Shai-Hulud", "/x/.")
GLOBS = ("x", "*", "", "x/*", "*hulud*", "*Hulud", "x/", "*/y", "a*d")
ADDRESSES = (
    "10.50.10.7", "10.60.1.1", "10.50.20.9", "203.0.113.9", "198.51.100.1", "192.168.0.1", "169.254.169.254",
    "8.8.8.8", "2001:db8::9", "fe80::1", "::ffff:8.8.8.8", "0.0.0.0", "255.255.255.255",
)  # fmt: skip
CIDRS = (
    "10.0.0.0/8", "10.50.10.0/24", "10.50.10.0/25", "203.0.113.0/24", "203.0.113.9/32", "0.0.0.0/0", "2001:db8::/32",
    "8.8.0.0/16", "169.254.0.0/16",
)  # fmt: skip
PORTS = (53, 80, 443, 444, 8443, 0, 65_535)
SELECTORS = (
    (("fqdn", "a.example.com"),),
    (("fqdn", "b.example.com"),),
    (("fqdn", "vpce.example.com"),),
    (("res_id", "subnet-1"), ("type", "subnet")),
    (("res_id", "subnet-2"), ("type", "subnet")),
    (("name", "clients"), ("type", "vpc")),
    (("name", "clients"), ("region", "us-east-1"), ("type", "vpc")),
    (("tags.env", "prod"), ("type", "vm")),
    (("country_iso_code", "FR"), ("external", "geo")),
)


class World:
    """A firewall, and flows for it, all from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.smart_groups = {name: self._smart_group(name) for name in ("g1", "g2", "g3", "g4", "g5")}
        self.web_groups = {name: self._web_group(name) for name in ("w1", "w2", "w3", "u1", "u2")}
        self.site = self.random.choice((SITE, SITE, Site()))
        self.policy = Policy(
            rulesets=tuple(self._ruleset(number) for number in range(self.random.randint(1, 4))),
            smart_groups=self.smart_groups,
            web_groups=self.web_groups,
            default_action=DefaultAction(self._one(Action), self._likely(0.8)),
        )

    def flow(self) -> dict[str, object]:
        """Return a flow in which anything but the protocol may be missing."""
        every = {
            "src_ip": self._one(ADDRESSES),
            "dst_ip": self._one(ADDRESSES),
            "port": self._one(PORTS),
            "app": self._one(("tls", "tls", "http", "quic", "other")),
            "sni": self._one((*NAMES, "B.EXAMPLE.com.", "203.0.113.9", "bücher.example.com")),
            "host": self._one(NAMES),
            "path": self._one(PATHS),
            "crosses_gateway": self._likely(0.9),
            "src_groups": self._some(self.smart_groups),
            "dst_groups": self._some(self.smart_groups),
        }
        wanted = {"port": 0.9, "src_ip": 0.8, "sni": 0.7, "path": 0.6, "dst_ip": 0.5}
        kept = {key: value for key, value in every.items() if self._likely(wanted.get(key, 0.25))}
        return {"protocol": self._one(("TCP", "TCP", "TCP", "TCP", "TCP", "UDP", "ICMP")), **kept}

    def _one(self, choices):
        return self.random.choice(list(choices))

    def _some(self, choices):
        return self.random.sample(sorted(choices), self.random.randint(0, 2))

    def _likely(self, probability: float) -> bool:
        return self.random.random() < probability

    def _smart_group(self, name: str) -> SmartGroup:
        selectors = [
            (("cidr", self._one(CIDRS)),) if self._likely(0.6) else self._one(SELECTORS)
            for _ in range(self.random.randint(0, 3))
        ]
        within = ("10.0.0.0/8",) if self._likely(0.2) else ()
        return SmartGroup(name, tuple(dict.fromkeys(selectors)), within)

    def _web_group(self, name: str) -> WebGroup:
        if name.startswith("w"):
            return WebGroup(name, sni=tuple(self._one(PATTERNS) for _ in range(self.random.randint(0, 3))))
        urls = (f"{self._one(HOSTS)}/{self._one(GLOBS)}" for _ in range(self.random.randint(1, 6)))
        return WebGroup(name, url=tuple(urls))

    def _ruleset(self, number: int) -> Ruleset:
        rules = tuple(self._rule(f"r{number}.{position}") for position in range(self.random.randint(0, 10)))
        return Ruleset(f"s{number}", self._one(Tier), rules)

    def _rule(self, name: str) -> Rule:
        groups = [*self.smart_groups, ANYWHERE, ANYWHERE, PUBLIC_INTERNET]
        lows = [self._one(PORTS) for _ in range(self.random.choice((0, 0, 1, 2)))]
        protocol = self._one((Protocol.TCP, Protocol.TCP, Protocol.ANY, Protocol.ANY, Protocol.UDP, Protocol.ICMP))
        return Rule(
            name=name,
            why="",
            priority=self.random.randint(1, 9),
            action=self._one(Action),
            src=tuple(self.random.sample(groups, self.random.randint(1, 2))),
            dst=tuple(self.random.sample(groups, self.random.randint(1, 2))),
            protocol=protocol,
            web=tuple(self._some([*self.web_groups, ALL_WEB])) if self._likely(0.5) else (),
            ports=() if protocol is Protocol.ICMP else tuple(PortRange(low, min(low + 9, 65_535)) for low in lows),
            decrypt=self._one(Decrypt),
            app=self._one((*[AppRequirement.UNSPECIFIED] * 4, *AppRequirement)),
            logging=self._likely(0.8),
            enforcement=self._one((*[Enforcement.ENFORCE] * 3, *Enforcement)),
        )
