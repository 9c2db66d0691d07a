"""Rules, groups and packs with one word said about them, and the rest as usual."""

from guardrail.core.firewall.objects import (
    ANYWHERE,
    Action,
    Decrypt,
    DefaultAction,
    PortRange,
    Protocol,
    Rule,
    SmartGroup,
    WebGroup,
)
from guardrail.core.firewall.pack import PolicyPack
from guardrail.core.firewall.policy import Policy, Ruleset, Tier

DENY_ALL = DefaultAction(Action.DENY, logging=True)
GROUPS = {
    "agents": SmartGroup("agents", ((("cidr", "10.50.10.0/24"),),)),
    "others": SmartGroup("others", ((("cidr", "10.60.10.0/24"),),)),
    "inspected": SmartGroup("inspected", ((("fqdn", "git.example.com"),), (("fqdn", "raw.example.com"),))),
    "feed": SmartGroup("feed", ((("external", "threatiq"),),)),
    "vms": SmartGroup("vms", ((("tags.env", "prod"), ("type", "vm")),)),
    "pods": SmartGroup("pods", ((("k8s_namespace", "mcp"), ("type", "k8s")),)),
    "empty": SmartGroup("empty"),
}
WEB = {
    "names": WebGroup("names", sni=("api.example.com", "*.sub.example.com")),
    "git": WebGroup("git", sni=("git.example.com",)),
    "worms": WebGroup("worms", url=("git.example.com/*Hulud*", "git.example.com/loot/")),
    "stars": WebGroup("stars", sni=("*",)),
    "void": WebGroup("void"),
}


def rule(name="r", action="PERMIT", **changes):
    """A logging rule from agents to anywhere, about everything, that keeps TLS closed."""
    ports = changes.pop("ports", ())
    said = {
        "why": "because",
        "priority": 10,
        "src": ("agents",),
        "dst": (ANYWHERE,),
        "protocol": Protocol.TCP if changes.get("web") else Protocol.ANY,
        "decrypt": Decrypt.NOT_ALLOWED,
        "logging": True,
        **changes,
    }
    return Rule(name=name, action=Action(action), ports=tuple(PortRange(*each) for each in ports), **said)


LAST = rule("last", "DENY", priority=100)


def policy(*rules, default=DENY_ALL, tier=Tier.V1_LIST):
    return Policy((Ruleset("s", tier, rules),), GROUPS, WEB, default)


def pack(*rules, **changes):
    """A pack of these rules and a last one that denies the rest."""
    said = {"inspected": "inspected", "smart_groups": GROUPS, "web_groups": WEB, "default_action": DENY_ALL, **changes}
    return PolicyPack("test", rules=(*rules, LAST), **said)
