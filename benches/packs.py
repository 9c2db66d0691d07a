"""Random packs: one that a filter of addresses and ports can express, too, and one with names and URLs."""

from dataclasses import dataclass
from random import Random
from typing import Any

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

RULES = 1_000
_GROUPS = 200
_PORTS = (22, 53, 80, 443, 8080, 8443)


@dataclass(frozen=True, slots=True)
class Scene:
    """A pack and flows for it."""

    pack: PolicyPack
    flows: list[dict[str, Any]]

    def document(self) -> dict[str, Any]:
        """Return it for a peer that knows addresses and ports only."""
        return {
            "groups": {name: list(group.values("cidr")) for name, group in self.pack.smart_groups.items()},
            "ports": list(_PORTS),
            "rules": [
                {
                    "name": rule.name,
                    "src": rule.src[0],
                    "dst": rule.dst[0],
                    "protocol": rule.protocol.value,
                    "port": rule.ports[0].lo if rule.ports else None,
                    "action": rule.action.value,
                }
                for rule in self.pack.rules
            ],
            "flows": self.flows,
        }


def addresses_only(seed: int, flows: int) -> Scene:
    """A thousand rules between groups of CIDRs."""
    random = Random(seed)
    groups = _smart_groups(random)
    rules = tuple(_rule(random, number, list(groups), ()) for number in range(RULES))
    return Scene(_pack(rules, groups, {}), [_flow(random) for _ in range(flows)])


def with_names(seed: int, flows: int) -> Scene:
    """The same, but two of five rules look at names, with stars in every place."""
    random = Random(seed)
    groups = _smart_groups(random) | {ANYWHERE: SmartGroup(ANYWHERE, ((("cidr", "0.0.0.0/0"),),))}
    web = {f"W{number}": WebGroup(f"W{number}", sni=_patterns(random)) for number in range(_GROUPS)}
    rules = tuple(
        _rule(random, number, list(groups), (random.choice(list(web)),) if random.random() < 0.4 else ())
        for number in range(RULES)
    )
    named = [_flow(random) | {"port": 443, "sni": f"a.{_name(random)}"} for _ in range(flows)]
    return Scene(_pack(rules, groups, web), named)


def _smart_groups(random: Random) -> dict[str, SmartGroup]:
    return {
        f"G{number}": SmartGroup(
            f"G{number}", tuple((("cidr", _network(random)),) for _ in range(random.randint(1, 4)))
        )
        for number in range(_GROUPS)
    }


def _network(random: Random) -> str:
    wide, narrow = random.randrange(16), random.randrange(0, 256, 16)
    return random.choice((f"10.{wide}.0.0/16", f"10.{wide}.{narrow}.0/20"))


def _patterns(random: Random) -> tuple[str, ...]:
    return tuple(random.choice(("", "*.", "a*.")) + _name(random) for _ in range(5))


def _name(random: Random) -> str:
    return f"h{random.randrange(2_000)}.example.com"


def _rule(random: Random, number: int, groups: list[str], web: tuple[str, ...]) -> Rule:
    return Rule(
        name=f"r{number}",
        why="made up",
        priority=number,
        action=random.choice(list(Action)),
        src=(random.choice(groups),),
        dst=(random.choice(groups),),
        protocol=Protocol.TCP,
        web=web,
        ports=tuple(PortRange(port, port) for port in [random.choice(_PORTS)] if random.random() < 0.7),
        decrypt=Decrypt.NOT_ALLOWED,
        logging=True,
    )


def _flow(random: Random) -> dict[str, Any]:
    source, goal = (f"10.{random.randrange(16)}.{random.randrange(256)}.{random.randrange(256)}" for _ in range(2))
    return {"src_ip": source, "dst_ip": goal, "protocol": "TCP", "port": random.choice(_PORTS)}


def _pack(rules: tuple[Rule, ...], groups: dict[str, SmartGroup], web: dict[str, WebGroup]) -> PolicyPack:
    default = DefaultAction(Action.DENY, logging=True)
    return PolicyPack("made-up", smart_groups=groups, web_groups=web, rules=rules, default_action=default)
