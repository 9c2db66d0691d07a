"""What goes wrong between a function and AWS: calls take time, fail before or after their effect, or never return."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from guardrail_lab.agentcore.client import InMemoryClient
from guardrail_lab.agentcore.control_plane import ControlPlane


class Killed(BaseException):
    """The function's process is gone: out of time, out of memory, or its machine."""


@dataclass(frozen=True)
class Trouble:
    """How much goes wrong; probabilities for each call, seconds for times."""

    throttled: float = 0.0
    failed_before: float = 0.0
    failed_after: float = 0.0
    killed: float = 0.0
    stale: float = 0.0
    unreadable: float = 0.0
    slow: float = 0.0
    latency: float = 0.05
    lag: float = 60.0


QUIET = Trouble()


class AgentCoreClient:
    """The in-memory client, with the hook on GetAgentRuntime's body that the real one has; answers can gain members."""

    def __init__(self, plane: ControlPlane, extra: dict[str, dict[str, Any]], watch: Callable[..., object]) -> None:
        self._plane, self._extra, self._watch = plane, extra, watch
        self._raw: dict[str, Any] = {}
        self._hooks: list[Callable[..., object]] = []
        self.model, self.account = plane.model, plane.account
        events = SimpleNamespace(register=lambda name, hook, **_: self._hooks.append(hook))
        self.meta = SimpleNamespace(service_model=plane.model.service, events=events)
        self._sdk = InMemoryClient(self)  # type: ignore[arg-type]

    def has(self, operation: str) -> bool:
        return self._plane.has(operation)

    def call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """What the in-memory client asks of its control plane."""
        self._raw = self._watch(operation, parameters)
        if operation == "GetAgentRuntime":
            self._raw |= self._extra.get(parameters["agentRuntimeId"], {})
        return self._raw

    def perform(self, method: str, parameters: dict[str, Any]) -> Any:
        answer = getattr(self._sdk, method)(**parameters)
        if method == "get_agent_runtime":
            kept: dict[str, Any] = {}
            for hook in self._hooks:
                hook(response_dict={"body": json.dumps(self._raw).encode()}, customized_response_dict=kept)
            answer |= kept
        return answer


class Wire:
    """One service's client as a function sees it: between its calls and their effect lies all that can go wrong."""

    def __init__(
        self, service: str, perform: Callable[[str, dict[str, Any]], Any], way: "Way", meta: Any = None
    ) -> None:
        self._service, self._perform, self._way = service, perform, way
        self.meta = meta

    def __getattr__(self, method: str) -> Callable[..., Any]:
        return lambda **parameters: self._way.travel(self._service, method, lambda: self._perform(method, parameters))


class Way:
    """Between one guardrail and AWS.

    Args:
        chance: Decides what goes wrong; the seed decides it.
        spend: Lets so many seconds pass, and the others have their turns.

    Attributes:
        tries: Of one call that is throttled or fails, as the SDK makes them; by default what fails has failed.
        before: What somebody else does right before a call, by the call's number.
        latencies: Seconds of a call, by service; `trouble.latency` for the others.
    """

    def __init__(self, chance: Random, spend: Callable[[float], None], overdue: Callable[[], bool]) -> None:
        self.trouble = QUIET
        self.calls: list[str] = []
        self.latencies: dict[str, float] = {}
        self.kill_at: int | None = None
        self.kill_after = False
        self.stale_at: int | None = None
        self.refused_at: int | None = None
        self.lost_at: int | None = None
        self.before: dict[int, Callable[[], object]] = {}
        self.tries = 1
        self._chance, self._spend, self._overdue = chance, spend, overdue
        self.lagging: Callable[[float], object] = lambda seconds: None

    def travel(self, service: str, method: str, effect: Callable[[], Any]) -> Any:
        """Make one call, with the SDK's own tries where it has any: after a second or less, then two, then four."""
        for number in range(1, self.tries):
            try:
                return self._try(service, method, effect)
            except ClientError as error:
                if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400) not in (429, 500):
                    raise
            self._spend(self._chance.random() * 2 ** (number - 1))
        return self._try(service, method, effect)

    def _try(self, service: str, method: str, effect: Callable[[], Any]) -> Any:
        number = len(self.calls)
        self.calls.append(f"{service}.{method}")
        self._spend(self._duration(service))
        self.before.pop(number, lambda: None)()
        self._fail_before(number, method)
        if service == "agentcore" and method.startswith(("get", "list")):
            self._let_lag(number)
        try:
            answer = effect()
        finally:
            if self._chance.random() < self.trouble.killed / 2 or (number == self.kill_at and self.kill_after):
                raise Killed  # whatever the answer was, a refusal too, nobody is left to read it
        if self._chance.random() < self.trouble.failed_after or number == self.lost_at:
            raise failure("InternalServerException", 500, method)
        return answer

    def _duration(self, service: str) -> float:
        if self._chance.random() < self.trouble.slow:
            return 40 * self._chance.random()
        return self.latencies.get(service, self.trouble.latency) * (0.5 + self._chance.random())

    def _fail_before(self, number: int, method: str) -> None:
        trouble, dice = self.trouble, self._chance
        if self._overdue() or dice.random() < trouble.killed / 2 or (number == self.kill_at and not self.kill_after):
            raise Killed
        if dice.random() < trouble.throttled:
            raise failure("ThrottlingException", 429, method)
        if dice.random() < trouble.failed_before:
            raise failure("InternalServerException", 500, method)
        if number == self.refused_at or (method == "get_agent_runtime" and dice.random() < trouble.unreadable):
            raise failure("AccessDeniedException", 403, method)

    def _let_lag(self, number: int) -> None:
        if self._chance.random() < self.trouble.stale:
            self.lagging(self._chance.random() * self.trouble.lag)
        elif number == self.stale_at:
            self.lagging(self.trouble.lag)


def failure(code: str, status: int, method: str) -> ClientError:
    """An error answer as the SDK raises it."""
    return ClientError({"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}, method)
