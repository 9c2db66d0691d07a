"""One deployed guardrail: the real gateways and flows over AWS in memory, started by its queue and its schedule."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from guardrail.core.errors import GuardrailError
from guardrail.core.runtimes.response import ResponsePolicy
from guardrail.flows import handle_message, runtime_world, sweep_runtimes
from guardrail.gateways.agentcore import AgentCoreGateway
from guardrail.gateways.evidence import EvidenceGateway
from guardrail.gateways.findings import FindingsGateway
from guardrail.gateways.queue import QueueGateway
from guardrail.gateways.state import StateGateway
from guardrail.gateways.switches import SwitchesReader
from guardrail_lab.agentcore.control_plane import ControlPlane
from guardrail_lab.agentcore.errors import ServiceError
from tests.builders import ACCOUNT, REGION
from tests.chaos.dynamodb import DynamoDB
from tests.chaos.handling import Handling
from tests.chaos.loop import Loop
from tests.chaos.services import Bucket, Message, Queues, Told
from tests.chaos.trouble import AgentCoreClient, Killed, Way, Wire

FUNCTION_SECONDS = 60
STATE, SWITCHES, PARKED = "state", "switches", "parked#"


@dataclass
class Guardrail:
    """A guardrail with its own queue, bucket, bus and role; its state table may be shared with another one.

    Attributes:
        on_call: Performs an AgentCore call and watches it: (handling, operation, parameters) -> answer on the wire.
    """

    name: str
    loop: Loop
    plane: ControlPlane
    policy: ResponsePolicy
    chance: Random
    on_call: Callable[[Handling, str, dict[str, Any]], dict[str, Any]]
    tables: DynamoDB
    bounds: dict[str, Any] = field(default_factory=dict)
    extra_members: dict[str, dict[str, Any]] = field(default_factory=dict)
    concurrency: int = 2
    batch: int = 10
    seconds: float = FUNCTION_SECONDS
    failures: list[str] = field(default_factory=list)
    handled: list[Handling] = field(default_factory=list)
    _running: int = 0
    _polls: set[float] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.bucket, self.told = Bucket(), Told()
        self.queues = Queues(lambda: self.loop.clock.now, self._arrived)
        self._handlings: dict[int, Handling] = {}
        self._deadlines: dict[int, float] = {}
        self.way = Way(self.chance, self.loop.sleep, lambda: self.loop.clock.now > self._deadline())
        self.way.lagging = lambda seconds: self.plane.faults.lag(seconds, times=1)
        self._clients: dict[str, Wire] = {}
        clients = self.client
        self.world = runtime_world.World(
            agentcore=AgentCoreGateway(clients, ACCOUNT, REGION),
            state=StateGateway(clients, STATE),
            evidence=EvidenceGateway(clients, "evidence"),
            findings=FindingsGateway(clients, "bus", "topic"),
            queue=QueueGateway(clients, "queue", "dead"),
            switches=SwitchesReader(clients, SWITCHES, self.clock),
            clock=self.clock,
            bounds=runtime_world.Bounds(role_arn=self.role_arn, **self.bounds),
        )
        ports = {name: getattr(self.world, name) for name in ("agentcore", "state", "queue", "evidence", "clock")}
        wanted = sweep_runtimes.World.__dataclass_fields__
        self.sweep_world = sweep_runtimes.World(**{name: port for name, port in ports.items() if name in wanted})

    @property
    def role_arn(self) -> str:
        return f"arn:aws:iam::{ACCOUNT}:role/{self.name}"

    @property
    def session_arn(self) -> str:
        return f"arn:aws:sts::{ACCOUNT}:assumed-role/{self.name}/verify_runtime"

    def clock(self) -> datetime:
        return datetime.fromtimestamp(self.loop.clock.now, UTC)

    def client(self, service: str) -> Wire:
        """What the gateways use; each service's is made once."""
        if service not in self._clients:
            self._clients[service] = self._made(service)
        return self._clients[service]

    def sweep(self, retries: int = 2) -> None:
        """The schedule fires; Lambda's own retries follow a failure."""
        self.loop.start(lambda: self._sweep(retries))

    def _made(self, service: str) -> Wire:
        if service == "bedrock-agentcore-control":
            client = AgentCoreClient(self.plane, self.extra_members, self._watched)
            return Wire("agentcore", client.perform, self.way, client.meta)
        backends = {"dynamodb": self.tables, "s3": self.bucket, "sqs": self.queues}
        backend = backends.get(service, self.told)

        def perform(method: str, parameters: dict[str, Any]) -> Any:
            self._note(service, method, parameters)
            return getattr(backend, method)(**parameters)

        return Wire(service, perform, self.way)

    def _watched(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        try:
            return self.on_call(self.handling(), operation, parameters)
        except ServiceError:
            raise
        except Exception as error:
            self.loop.fail(error)
            raise Killed from error

    def _note(self, service: str, method: str, parameters: dict[str, Any]) -> None:
        handling = self.handling()
        if service == "s3":
            handling.deeds.append(("record", parameters["Key"]))
        elif method == "query" and parameters["ExpressionAttributeValues"].get(":kind") == {"S": "switch"}:
            handling.deeds.append(("switch", None))
        elif method == "update_item" and parameters["Key"]["id"]["S"].startswith(PARKED):
            handling.deeds.append(("record", parameters["Key"]["id"]["S"].removeprefix(PARKED)))
        elif method == "send_message_batch":
            handling.deeds += [("sent", json.loads(entry["MessageBody"])) for entry in parameters["Entries"]]

    def handling(self) -> Handling:
        """What the thread whose turn it is handles."""
        return self._handlings[self.loop.turn()]

    def _deadline(self) -> float:
        return self._deadlines[self.loop.turn()]

    def _arrived(self, when: float) -> None:
        if when not in self._polls:
            self._polls.add(when)
            self.loop.at(when, lambda: self._poll(when))

    def _poll(self, when: float | None = None) -> None:
        self._polls.discard(when or 0.0)
        while self._running < self.concurrency:
            messages = self.queues.receive(self.batch)
            if not messages:
                return
            self.chance.shuffle(messages)
            self._running += 1
            self.loop.start(lambda batch=messages: self._invoke(batch))

    def _invoke(self, messages: list[Message]) -> None:
        """One invocation with a batch; whoever is killed takes the whole batch with him, the message comes back."""
        self._deadlines[self.loop.turn()] = self.loop.clock.now + self.seconds
        done = []
        try:
            for message in messages:
                if self._handle(message):
                    done.append(message)
            for message in done:
                self.queues.delete(message)
        except Killed:
            self.failures.append("killed")
        finally:
            self._running -= 1
            self.loop.at(self.loop.clock.now, self._poll)

    def _handle(self, message: Message) -> bool:
        handling = Handling(self, json.loads(message.body), self.loop.clock.now)
        self._handlings[self.loop.turn()] = handling
        self.handled.append(handling)
        try:
            handle_message.handle_message(message.body, self.policy, self.world)
        except GuardrailError as error:  # any other would make the message come back too, and is a defect
            self.failures.append(f"{type(error).__name__}: {error}")
            return False
        return True

    def _sweep(self, retries: int) -> None:
        self._deadlines[self.loop.turn()] = self.loop.clock.now + self.seconds
        self._handlings[self.loop.turn()] = Handling(self, {"sweep": True}, self.loop.clock.now)
        try:
            sweep_runtimes.sweep_runtimes(self.sweep_world)
        except (GuardrailError, Killed) as error:
            self.failures.append(f"sweep {type(error).__name__}: {error}")
            if retries:
                self.loop.at(self.loop.clock.now + 60, lambda: self.sweep(retries - 1))
