"""A controller without sockets: the real client and gateway, over a simulated controller in the same process."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import orjson

from guardrail.core.firewall.live import LiveState
from guardrail.flows.reconcile_pack import Task, World
from guardrail.gateways.controller.call import Call
from guardrail.gateways.controller.calls import Calls
from guardrail.gateways.controller.groups import Groups
from guardrail.gateways.controller.hidden import Hidden
from guardrail.gateways.controller.inventory import Inventory
from guardrail.gateways.controller.login import FixedLogin, Login, make_login
from guardrail.gateways.controller.outcome import CONNECTION, Answer, Failure, Message
from guardrail.gateways.controller.policies import Policies
from guardrail.gateways.controller.posture import Posture
from guardrail.gateways.controller.rulesets import Rulesets
from guardrail.gateways.controller.session import Session
from guardrail.gateways.firewall import FirewallGateway
from guardrail.gateways.standalone import NoEvidence, NoLease, always_engaged
from guardrail_lab.controller.simulation import Timing
from guardrail_lab.controller.simulator import Simulator
from guardrail_lab.controller.store import Store
from guardrail_lab.controller.web import WebReply, WebRequest


class Crash(BaseException):
    """The process is gone; nothing catches that."""


@dataclass
class Wire:
    """What stands in the place of a transport: every message goes straight into the simulator.

    `before` and `after` are called around each write, with its number from 0 on; what they raise is a crash, and a
    Failure that they return takes the place of the answer.
    """

    simulator: Simulator
    before: Callable[[int], Failure | None] = lambda _: None
    after: Callable[[int], Failure | None] = lambda _: None
    writes: int = 0

    def exchange(self, login: Login, message: Message, *, seconds: float, tries: int = 1) -> Answer | Failure:
        rest = message.target.startswith("/v2.5/")
        if not (rest and message.method != "GET"):
            return self._sent(message)
        number, self.writes = self.writes, self.writes + 1
        failure = self.before(number)
        if failure is None:
            answer = self._sent(message)
            failure = self.after(number)
        return failure or answer

    def _sent(self, message: Message) -> Answer | Failure:
        headers = {name.lower(): value for name, value in message.headers.items()}
        reply = self.simulator.handle(WebRequest(message.method, message.target, headers, message.body or b""))
        return CONNECTION if reply.dropped else Answer(reply.status, reply.body)


@dataclass
class FirewallLab:
    """One simulated controller and a clock that moves only when somebody pauses."""

    release: str = "9.0"
    timing: Timing = field(default_factory=lambda: Timing(propagation=0, release=2.0, job=0))
    now: float = 1_800_000_000.0
    calls: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._uuids = 0
        self.simulator = Simulator(
            Store(None), release=self.release, timing=self.timing, clock=lambda: self.now, new_uuid=self._uuid
        )
        self.wire = Wire(self.simulator)

    def _uuid(self) -> str:
        self._uuids += 1
        return f"00000000-0000-4000-8000-{self._uuids:012d}"

    def pause(self, seconds: float) -> None:
        self.now += seconds

    def gateway(self) -> FirewallGateway:
        """A client that has not logged in yet."""
        login = make_login("test", "https://controller.invalid", "admin", Hidden("any"))
        calls = Calls(self.wire, Session(self.wire, FixedLogin(login)), self.calls.append)  # type: ignore[arg-type]
        families = (Posture, Groups, Policies, Rulesets, Inventory)
        made = {family.__name__.lower(): family(calls) for family in families}  # type: ignore[call-arg]
        return FirewallGateway(SimpleNamespace(**made), pause=self.pause)  # type: ignore[arg-type]

    def world(self, **changes: Any) -> World:
        said = {
            "firewall": self.gateway(),
            "engaged": always_engaged,
            "evidence": NoEvidence(),
            "lease": NoLease(),
            "clock": lambda: datetime.fromtimestamp(self.now, UTC),
        }
        return World(**(said | changes))

    def live(self, task: Task | None = None) -> LiveState:
        """The present state, read past all faults."""
        quiet = FirewallLab.__new__(FirewallLab)
        quiet.simulator, quiet.calls, quiet.now = self.simulator, [], self.now
        quiet.wire = Wire(self.simulator)
        return quiet.gateway().read(task.bound.attachment_point if task else None)

    def write(self, method: str, path: str, document: Any = None) -> Any:
        """Write as somebody else does, past the client."""
        request = {"method": method, "path": path} | ({} if document is None else {"document": document})
        reply = self.simulator.write_as_somebody_else(request)
        assert reply.status < 300, reply.body
        return orjson.loads(reply.body) if reply.body else None

    def writes(self) -> list[str]:
        """What was written, as method and path."""
        return [f"{call.method} {call.name}" for call in self.calls if not call.read]

    def reads(self) -> int:
        return sum(call.read for call in self.calls)


def before_request(lab: FirewallLab, index: int, somebody: Callable[[FirewallLab], None]) -> None:
    """Let somebody write right before the request of this number, logins aside."""
    handle, count = lab.simulator.handle, 0

    def handled(request: WebRequest) -> WebReply:
        nonlocal count
        if b"action=login" not in request.body and b"get_api_token" not in request.body:
            if count == index:
                somebody(lab)
            count += 1
        return handle(request)

    lab.simulator.handle = handled  # type: ignore[method-assign]
