"""Backing out in memory: one account, one controller and its loop, and trouble between any two calls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Condition, local
from typing import Any
from uuid import UUID

from guardrail.core.announcement import Announcement
from guardrail.core.errors import GatewayError
from guardrail.core.firewall.back_out import LiveRules, RuleList
from guardrail.core.firewall.insertion import PathCall, Spoke, Turn
from guardrail.core.firewall.objects import SYSTEM_GROUPS, Action, DefaultAction
from guardrail.core.firewall.policy import Policy
from guardrail.core.firewall.routes import DefaultRoute, Way
from guardrail.core.firewall.versions import CURRENT
from guardrail.core.switch import Scope, is_engaged
from guardrail.core.switch_record import SwitchRecord, parse_record
from guardrail.flows.back_out import obey
from guardrail.flows.back_out_world import Place, World
from tests.builders import NOW, Json
from tests.fakes import FakeEvidence

SPOKE, PREFIX, SUBNET = "agentcore-spoke", "agentcore", "subnet-0a1b2c3d4e5f60001"
ANYWHERE = SYSTEM_GROUPS["Anywhere"]
RUNTIMES = "11111111-1111-4111-8111-111111111111"
CHANGES = ("controller.turn", "controller.replace")


class Killed(BaseException):
    """The function is gone: nothing of it runs any more, no handler and no `finally`."""


@dataclass
class Trouble:
    """What happens at the calls of one invocation.

    Attributes:
        at: Index of the call that it happens to, or None.
        kind: `error-before`, `error-after`, `kill-before` or `kill-after` its effect; `refusal`: an error for good.
        between: What else happens before each call, given its index.
    """

    at: int | None = None
    kind: str = "error-before"
    between: Callable[[int], object] = lambda _: None
    calls: list[str] = field(default_factory=list)
    dead: bool = False

    def call(self, name: str, effect: Callable[[], Any]) -> Any:
        if self.dead:
            raise Killed
        index = len(self.calls)
        self.between(index)
        self.calls.append(name)
        if index != self.at:
            return effect()
        if self.kind.endswith("after"):
            effect()
        self.dead = self.kind.startswith("kill")
        if self.dead:
            raise Killed
        raise GatewayError(name, "Outage", retryable=self.kind != "refusal")


class Troubled:
    """A port whose calls trouble may come to."""

    def __init__(self, name: str, port: object, trouble: Trouble) -> None:
        self._name, self._port, self._trouble = name, port, trouble

    def __getattr__(self, method: str) -> Any:
        found = getattr(self._port, method)
        if not callable(found):
            return found
        return lambda *arguments: self._trouble.call(f"{self._name}.{method}", lambda: found(*arguments))


@dataclass
class FakeSwitchBoard:
    """Switches as JSON by name, written only by who knows the version.

    Attributes:
        writes: How many there were.
        mine: How many of them each thread knew of when it last read.
    """

    kept: dict[str, tuple[str, int, Json]] = field(default_factory=dict)
    granted: dict[str, Json] = field(default_factory=dict)
    written: Condition = field(default_factory=Condition)
    writes: int = 0
    mine: local = field(default_factory=local)

    def records(self) -> tuple[SwitchRecord, ...]:
        with self.written:
            self.mine.known = self.writes
            return tuple(parse_record(name, *kept) for name, kept in sorted(self.kept.items()))

    def write(self, record: SwitchRecord) -> SwitchRecord | None:
        with self.written:
            if self.kept.get(record.name, ("", 0, {}))[1] != record.version:
                return None
            following = replace(record, version=record.version + 1)
            self.kept[record.name] = (following.state.value, following.version, following.body())
            self.writes += 1
            self.written.notify_all()
            return following

    def wait_for_a_write(self, _: float) -> None:
        """The pause of threads that race: until somebody has written what this one has not read, however long."""
        with self.written:
            assert self.written.wait_for(lambda: self.writes > self.mine.known, timeout=300), "nobody works any more"

    def engaged(self, scope: Scope) -> bool:
        return is_engaged(scope, {record.name: record.state for record in self.records()})

    def exemptions(self) -> Mapping[str, Mapping[str, Any]]:
        return dict(self.granted)

    def grant(self, document: Mapping[str, Any]) -> bool:
        return self.granted.setdefault(document["id"], dict(document)) is not None

    def revoke(self, exemption_id: str) -> None:
        self.granted.pop(exemption_id, None)


@dataclass
class FakeController:
    """A controller's gateways and lists of rules, and what was changed."""

    spokes: dict[str, Spoke] = field(default_factory=dict)
    lists: dict[str, RuleList] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    default_from_transit: bool = False
    calls: int = 0
    numbers: int = 0

    def spoke(self, gateway: str) -> Spoke | None:
        self.calls += 1
        return self.spokes.get(gateway)

    def turn(self, call: PathCall) -> None:
        self.calls += 1
        spoke = self.spokes[call.gateway]
        if call.turn is Turn.ENABLE_SNAT and self.default_from_transit:
            raise GatewayError("controller:enable_snat", "AVXERR-NAT-0001", retryable=False)
        self.changes.append(call.turn.value)
        after: dict[Turn, dict[str, Any]] = {
            Turn.DISABLE_SNAT: {"snat": False, "snat_target": ""},
            Turn.ENABLE_SNAT: {"snat": True, "snat_target": "primary"},
            Turn.DISABLE_PRIVATE_DEFAULT: {"private_default_route": False},
            Turn.ENABLE_PRIVATE_DEFAULT: {"private_default_route": True},
            Turn.SET_CUSTOM_ROUTES: {"custom_routes": call.cidrs},
            Turn.DETACH: {"transit": ""},
            Turn.ATTACH: {"transit": call.transit, "route_tables": call.route_tables or spoke.route_tables},
        }
        self.spokes[call.gateway] = replace(spoke, **after[call.turn])

    def rules(self) -> LiveRules:
        self.calls += 1
        return LiveRules(CURRENT, tuple(self.lists.values()))

    def replace(self, live: LiveRules, changed: RuleList) -> None:
        self.calls += 1
        if live.at(changed.uuid) != self.lists[changed.uuid]:
            raise GatewayError("controller:back-out", "changed-meanwhile", retryable=True)
        self.changes.append(f"put {changed.uuid}")
        self.put(changed)

    def put(self, changed: RuleList) -> None:
        """Rules without a uuid get one; all come out in the order of their priorities."""
        rules = [{"uuid": self._uuid(), **rule} for rule in changed.rules]
        ordered = tuple(sorted(rules, key=lambda rule: rule["priority"]))
        self.lists[changed.uuid] = replace(changed, rules=ordered)

    def policies(self, *lives: LiveRules) -> tuple[Policy, ...]:
        self.calls += 1
        return tuple(Policy((), {}, {}, DefaultAction(Action.PERMIT, logging=False)) for _ in lives)

    def _uuid(self) -> str:
        self.numbers += 1
        return str(UUID(int=self.numbers))


@dataclass
class FakeRoutes:
    """Routes that follow the controller at once, unless they are told to say something else."""

    controller: FakeController
    originals: tuple[str, ...] = ("nat-0a9e47c0de0000001",)
    said: list[Way] = field(default_factory=list)

    def look(self, spoke: Spoke) -> Way:
        if self.said:
            return self.said.pop(0)
        now = self.controller.spokes[spoke.name]
        through = bool(now.snat or now.private_default_route or "0.0.0.0/0" in now.custom_routes or now.transit)
        target = "i-spoke" if through else "".join(self.originals[:1])
        state = "active" if target else ""
        return Way((DefaultRoute(SUBNET, "rtb-1", target, state, at_spoke=through),), self.originals)


@dataclass
class FakeCalendar:
    """What is to be called when."""

    kept: dict[str, tuple[datetime, Json]] = field(default_factory=dict)

    def put(self, name: str, at: datetime, command: Mapping[str, Any]) -> None:
        self.kept.setdefault(name, (at, dict(command)))

    def drop(self, name: str) -> None:
        self.kept.pop(name, None)


@dataclass
class FakeAnnouncements:
    """What people were told."""

    told: list[Announcement] = field(default_factory=list)

    def tell(self, announcement: Announcement) -> None:
        self.told.append(announcement)


@dataclass
class BackOutCloud:
    """Everything that outlives an invocation, and the time.

    Attributes:
        pause: What somebody who pauses does instead of letting time pass for all.
    """

    controller: FakeController = field(default_factory=FakeController)
    switches: FakeSwitchBoard = field(default_factory=FakeSwitchBoard)
    calendar: FakeCalendar = field(default_factory=FakeCalendar)
    evidence: FakeEvidence = field(default_factory=FakeEvidence)
    announcements: FakeAnnouncements = field(default_factory=FakeAnnouncements)
    scopes: tuple[Scope, ...] = tuple(Scope)
    now: datetime = NOW
    pause: Callable[[float], None] | None = None

    def __post_init__(self) -> None:
        self.routes = FakeRoutes(self.controller)

    def world(self, trouble: Trouble | None = None) -> World:
        trouble = trouble or Trouble()
        names = ("controller", "switches", "routes", "calendar", "evidence", "announcements")
        ports: dict[str, Any] = {name: Troubled(name, getattr(self, name), trouble) for name in names}
        return World(
            Place(self.scopes, tuple(self.controller.spokes), PREFIX),
            loops=None,
            clock=lambda: self.now,
            pause=self.pause or self.wait,
            **ports,
        )

    def order(self, document: Json, trouble: Trouble | None = None, caller: str | None = None) -> Json:
        return obey(document, caller, self.world(trouble))

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def pass_time(self, hours: float) -> None:
        """Let time pass in steps of the regular check, calling what the calendar has due."""
        end = self.now + timedelta(hours=hours)
        while self.now < end:
            self.now = min(end, self.now + timedelta(minutes=5))
            for name, (at, command) in list(self.calendar.kept.items()):
                if at <= self.now:
                    self.calendar.drop(name)
                    self.order(command)
            self.order({"command": "settle"})


def rule(name: str, priority: int, action: str = "DENY", enforcement: str = "ENFORCE", **members: Any) -> Json:
    return {
        "name": name,
        "action": action,
        "priority": priority,
        "enforcement": enforcement,
        "src_ads": [RUNTIMES],
        "dst_ads": [ANYWHERE],
        "protocol": "TCP",
        "logging": True,
        **members,
    }


OURS = (
    rule("agentcore-28-deny-known-exfil", 28),
    rule("agentcore-30-allow-models", 30, "PERMIT"),
    rule("agentcore-100-default-deny", 100),
)
FOREIGN = (rule("other-team-5", 5, "PERMIT"), rule("other-team-200", 200, "DENY", "MONITOR", unknown_member={"a": 1}))


def cloud(rules: tuple[Json, ...] = (*FOREIGN, *OURS), ruleset: tuple[Json, ...] = (), **spoke: Any) -> BackOutCloud:
    """A controller with one spoke, source NAT on unless told otherwise."""
    found = BackOutCloud()
    found.controller.spokes[SPOKE] = Spoke(SPOKE, **({"snat": True, "snat_target": "primary"} | spoke))
    found.controller.put(RuleList("", rules))
    if ruleset:
        found.controller.put(RuleList("ruleset-1", ruleset, document={"uuid": "ruleset-1", "name": "agentcore"}))
    return found


BACK_OUT: Json = {"command": "back-out", "gateway": SPOKE, "reason": "INC-1: agents cannot reach their model"}


def back_out(scope: str = "insertion", **more: Any) -> Json:
    return {**BACK_OUT, "scope": scope, **more}
