"""Made-up controllers, all from one seed: a pack and its next version, people's own objects, edits, half-done runs."""

from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from random import Random
from typing import Any

from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.decide import Decider
from guardrail.core.firewall.flow import parse_flow
from guardrail.core.firewall.live import LiveState
from guardrail.core.firewall.objects import (
    ALL_WEB,
    ANYWHERE,
    PUBLIC_INTERNET,
    Action,
    Decrypt,
    DefaultAction,
    PortRange,
    Protocol,
    Rule,
    SmartGroup,
    WebGroup,
)
from guardrail.core.firewall.ownership import Ownership
from guardrail.core.firewall.pack import Mode, PolicyPack
from guardrail.core.firewall.rule_form import UNKNOWN_GROUP
from guardrail.flows.reconcile_pack import Task, apply_pack
from guardrail_lab.controller.reserved import AFTER_UI
from guardrail_lab.controller.simulation import Timing
from tests.firewall_builders import DENY_ALL, rule
from tests.firewall_lab import Crash, FirewallLab

PREFIX = "ours"
SOURCES = ("10.50.10.0/24", "10.50.11.0/24", "10.60.0.0/16")
DESTINATIONS = ("203.0.113.0/24", "198.51.100.0/24", "8.8.8.8/32")
NAMES = ("a.example.com", "b.example.com", "*.example.org", "c.example.net")
FOREIGN_SOURCES = ("10.200.0.0/16", "10.201.0.0/16")
DISGUISED = (ANYWHERE, f"{PUBLIC_INTERNET}.next", UNKNOWN_GROUP)
"""Names of groups of somebody's that read like what is the controller's own, or like nothing."""
FLOWS = [
    parse_flow({"src_ip": src, "dst_ip": dst, "protocol": "TCP", "port": port, **({"sni": sni} if sni else {})})
    for src in ("10.50.10.7", "10.50.11.7", "10.60.1.1", "10.200.0.9")
    for dst in ("203.0.113.9", "198.51.100.9", "8.8.8.8", "10.9.9.9")
    for port, sni in ((443, "a.example.com"), (443, "b.example.com"), (443, "x.example.org"), (22, None))
]


def decisions(live: LiveState) -> list[str]:
    """How the gateways decide the sample flows in this state."""
    decider = Decider(live.policy())
    return [decider.decide(flow).decision.value for flow in FLOWS]


class State:
    """A controller and the pack that it is to have next."""

    def __init__(self, seed: int, release: str | None = None) -> None:
        self.random = Random(seed)
        self.release = release or self._one(("8.1", "8.2", "9.0", "10.1"))
        self.mode = self._one((Mode.ENFORCE, Mode.ENFORCE, Mode.WATCH, Mode.DISCOVER))
        self.old = self._pack()
        self.new = self._next(self.old)
        starts = "8.1" if self.release != "8.1" and self._likely(0.25) else self.release
        self.lab = FirewallLab(starts, Timing(propagation=0, release=self._one((0.0, 2.0)), job=0))
        self._foreign_objects()

    @classmethod
    def of(cls, old: PolicyPack, new: PolicyPack, release: str = "9.0") -> "State":
        """A state with these two versions of a pack, and nobody's objects but ours."""
        state = cls.__new__(cls)
        state.random, state.release, state.mode = Random(0), release, Mode.ENFORCE
        state.old, state.new = old, new
        state.lab = FirewallLab(release, Timing(propagation=0, release=2.0, job=0))
        return state

    def task(self, pack: PolicyPack | None = None, **changes: Any) -> Task:
        """The task of applying a pack, by default the next; what both versions named is on record."""
        bounds = [BoundPack(each, PREFIX, self.mode) for each in (self.old, self.new)]
        known = frozenset(name for bound in bounds for name in bound.names())
        bound = BoundPack(pack or self.new, PREFIX, self.mode)
        return Task(bound, Ownership(PREFIX, known=known, adopted=frozenset({"ours-by-hand"})), **changes)

    def apply_old(self) -> None:
        """Bring the controller to the old version; the release that is meant comes after that."""
        report = apply_pack(self.task(self.old), self.lab.world())
        assert report.sync == "Synced", (report.refused, report.error)
        self.upgrade()

    def upgrade(self) -> None:
        self.lab.simulator.sim.world.release = self.release
        self.lab.simulator.sim.changed()

    def half_apply(self) -> None:
        """Begin with the next version, and crash somewhere."""
        at, late = self.random.randint(0, 8), self._likely(0.5)

        def crash(number: int, now: bool) -> None:
            if number == at and now:
                raise Crash

        lab = self.copy()
        lab.wire.before = lambda number: crash(number, not late)
        lab.wire.after = lambda number: crash(number, late)
        with suppress(Crash):
            apply_pack(self.task(), lab.world())
        lab.wire.before = lab.wire.after = lambda _: None
        lab.wire.writes = 0
        self.lab = lab

    def copy(self) -> FirewallLab:
        """Another controller in the same state."""
        return copied(self.lab)

    def edit(self) -> None:
        """Change something of ours by hand, past every record."""
        world = self.lab.simulator.sim.world
        lists = [world.policies, *(each["policies"] for each in world.rulesets.values() if each.get("policies"))]
        rules = [(rules, rule) for rules in lists for rule in rules if rule["name"].startswith(f"{PREFIX}-")]
        groups = [each for each in world.groups.values() if each["name"].startswith(f"{PREFIX}-")]
        if rules:
            self._edit_rule(*self._one(rules))
        if groups and self._likely(0.5):
            group = self._one(groups)
            web = any("snifilter" in each["all"] for each in group["selector"]["any"])
            group["selector"]["any"].append(
                {"all": {"snifilter": "evil.example.com"} if web else {"cidr": "9.9.9.9/32"}}
            )
        self.lab.simulator.sim.changed()

    def _edit_rule(self, rules: list[dict[str, Any]], rule: dict[str, Any]) -> None:
        what = self.random.randint(0, 6)
        if what == 0:
            rules.remove(rule)
        elif what == 1:
            rule["name"] = "ours-by-hand"
        elif what == 2:
            rule["enforcement"] = "MONITOR" if rule["enforcement"] == "ENFORCE" else "ENFORCE"
        elif what == 3:
            rule["priority"] += 1000
            rules.sort(key=lambda each: each["priority"])
        elif what == 4:
            rule["logging"] = not rule["logging"]
        elif what == 5:
            groups = self.lab.simulator.sim.world.groups
            rule["dst_ads"] = [self._one([uuid for uuid, each in groups.items() if each["name"] in DISGUISED])]
        else:
            rule["exclude_sg_orchestration"] = True

    def _pack(self) -> PolicyPack:
        smart = {f"s{n}": SmartGroup(f"s{n}", self._cidrs(SOURCES)) for n in range(2)}
        smart |= {f"d{n}": SmartGroup(f"d{n}", self._cidrs(DESTINATIONS)) for n in range(2)}
        web = {f"w{n}": WebGroup(f"w{n}", sni=self._names()) for n in range(2)}
        rules = [self._rule(number) for number in range(self.random.randint(1, 5))]
        last = replace(self._rule(99), action=Action.DENY, src=("s0", "s1"), dst=(ANYWHERE,), web=(), ports=())
        last = replace(last, protocol=Protocol.ANY)
        return PolicyPack("pack", 50, None, smart, web, (*rules, last), DefaultAction(Action.DENY, logging=True))

    def _next(self, old: PolicyPack) -> PolicyPack:
        """Return the pack's next version: groups with other members, rules changed, dropped, new, in another order."""
        fresh = self._pack()
        smart = {name: self._one((group, group, fresh.smart_groups[name])) for name, group in old.smart_groups.items()}
        web = {name: self._one((group, fresh.web_groups[name])) for name, group in old.web_groups.items()}
        if self._likely(0.3):
            web["w0"], web["w1"] = replace(web["w1"], name="w0"), replace(web["w0"], name="w1")
        kept = [rule for rule in old.rules if self._likely(0.7)]
        kept = [self._one((rule, rule, self._flipped(rule))) for rule in kept]
        names = {rule.name for rule in kept}
        rules = [*kept, *(rule for rule in fresh.rules if rule.name not in names)]
        name = self._one(("pack", "pack", "pack", "renamed"))
        return replace(old, name=name, smart_groups=smart, web_groups=web, rules=tuple(rules))

    def _flipped(self, rule: Rule) -> Rule:
        other = Action.DENY if rule.action is Action.PERMIT else Action.PERMIT
        return replace(rule, action=other)

    def _rule(self, number: int) -> Rule:
        web = (self._one(("w0", "w1", ALL_WEB)),) if self._likely(0.5) else ()
        return Rule(
            name=f"{number:02}-r",
            why="because",
            priority=number + 1,
            action=self._one(Action),
            src=tuple(self.random.sample(("s0", "s1"), self.random.randint(1, 2))),
            dst=(self._one(("d0", "d1", ANYWHERE, PUBLIC_INTERNET)),),
            protocol=Protocol.TCP if web else self._one((Protocol.TCP, Protocol.ANY)),
            web=web,
            ports=(PortRange(443, self._one((443, 444))),) if self._likely(0.6) else (),
            decrypt=Decrypt.NOT_ALLOWED,
            logging=True,
        )

    def _foreign_objects(self) -> None:
        lab = self.lab
        mine = [
            lab.write("POST", "app-domains", {"name": name, "selector": {"any": [{"all": {"cidr": cidr}}]}})["uuid"]
            for name, cidr in zip(("theirs", "our", "oursbutnot"), (*FOREIGN_SOURCES, "10.200.7.0/24"), strict=True)
        ]
        for name in DISGUISED:
            lab.write("POST", "app-domains", {"name": name, "selector": {"any": [{"all": {"cidr": "10.201.7.0/24"}}]}})
        web = {"name": "their-web", "selector": {"any": [{"all": {"snifilter": "a.example.com"}}]}}
        named = lab.write("POST", "app-domains", web)["uuid"]
        rules = [self._foreign_rule(number, mine, named) for number in range(self.random.randint(0, 4))]
        lab.write("PUT", "microseg/policy-list", {"policies": rules})
        if lab.release != "8.1":
            inner = [self._foreign_rule(number + 50, mine, named) for number in range(2)]
            lab.write("POST", "microseg/policy-list3", {"name": "their set", "policies": inner, "attach_to": AFTER_UI})
            lab.write("POST", "microseg/policy-list3", {"name": "orphan", "policies": [inner[0]]})

    def _foreign_rule(self, number: int, groups: list[str], web: str) -> dict[str, Any]:
        rule: dict[str, Any] = {
            "name": self._one((f"their rule {number}", f"our-{number}")),
            "action": self._one(("PERMIT", "DENY", "INTRUSION_DETECTION_PERMIT")),
            "priority": self.random.randint(1, 120),
            "src_ads": [self._one(groups)],
            "dst_ads": ["def000ad-0000-0000-0000-000000000000"],
            "protocol": "TCP",
            "desc": "hands off",
        }
        return rule | ({"web_filters": [web]} if self._likely(0.3) else {})

    def _cidrs(self, choices: tuple[str, ...]) -> tuple[Any, ...]:
        return tuple((("cidr", each),) for each in self.random.sample(choices, self.random.randint(1, 2)))

    def _names(self) -> tuple[str, ...]:
        return tuple(self.random.sample(NAMES, self.random.randint(1, 2)))

    def _one(self, choices: Any) -> Any:
        return self.random.choice(list(choices))

    def _likely(self, probability: float) -> bool:
        return self.random.random() < probability


def copied(lab: FirewallLab) -> FirewallLab:
    """Another controller in the same state, with the same clock."""
    other = FirewallLab(lab.release, lab.timing)
    other.now, other._uuids = lab.now, lab._uuids + 1_000_000
    other.simulator.sim.world = deepcopy(lab.simulator.sim.world)
    other.simulator.sim.released = dict(lab.simulator.sim.released)
    other.simulator.sim.changed()
    return other


def foreign(lab: FirewallLab, prefix: str = PREFIX) -> dict[str, Any]:
    """Everything that is not ours, down to the last byte: groups, rules, rulesets, points, settings."""
    world = lab.simulator.sim.world
    mine = f"{prefix}-"
    return deepcopy(
        {
            "groups": [group for group in world.groups.values() if not group["name"].startswith(mine)],
            "policies": [rule for rule in world.policies if not rule["name"].startswith(mine)],
            "rulesets": [each for each in world.rulesets.values() if not each["name"].startswith(mine)],
            "default_action": world.default_action,
            "features": world.features,
        }
    )


def pack_of(*rules: Rule, max_deletes: int = 50, **web: tuple[str, ...]) -> PolicyPack:
    """A pack about one group of sources: these rules, web groups of these names, and a last rule that denies."""
    agents = SmartGroup("s0", ((("cidr", "10.50.10.0/24"),),))
    groups = {name: WebGroup(name, sni=names) for name, names in web.items()}
    last = rule("99-last", "DENY", priority=99, src=("s0",))
    return PolicyPack("pack", max_deletes, None, {"s0": agents}, groups, (*rules, last), DENY_ALL)
