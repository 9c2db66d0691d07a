"""1,000 runtimes that drifted, drained on a virtual clock: how long it takes, beside what AWS's request rates allow."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benches.report import Effort, Line
from guardrail_lab.agentcore.control_plane import ControlPlane
from guardrail_lab.agentcore.errors import ServiceError
from guardrail_lab.agentcore.throttling import rate

# The world of the chaos suite, with nothing going wrong in it: the real flows and gateways under a virtual clock.
from tests.chaos.history import Conditions
from tests.chaos.judge import is_denied
from tests.chaos.scene import made
from tests.chaos.world import APPROVED, World

RUNTIMES, FEWER = 1_000, 100
LONGEST_SECONDS = 24 * 3_600
LATENCIES = {"agentcore": 0.05, "dynamodb": 0.005, "s3": 0.03, "sqs": 0.01, "events": 0.02, "sns": 0.03}
"""Seconds of a call; what is usual within a Region."""

SDK_TRIES = 4
PUBLIC = {"networkMode": "PUBLIC"}


@dataclass(frozen=True, slots=True)
class Drain:
    """What it took.

    Attributes:
        seconds: Until the last runtime was contained and callable again.
        calls: Requests that AgentCore let through, by operation, until then.
        denied: Seconds until the last runtime was denied.
        throttled: Requests that it turned away.
    """

    seconds: float
    denied: float
    calls: Counter[str]
    throttled: int

    @property
    def bound(self) -> float:
        """The seconds that these very calls take at the documented rates, each operation having its own."""
        return max(number / rate(operation) for operation, number in self.calls.items())


def drain(effort: Effort) -> list[Line]:
    """Drain an account in REPAIR, the breaker raised, every message and own event included."""
    count = RUNTIMES if effort.processes > 2 else FEWER
    drained = drained_account(count)
    what = f"{count:,} runtimes"
    return [
        Line(f"{what}, until all are denied (virtual clock)", [drained.denied], "s"),
        Line(f"{what}, until all are contained (virtual clock)", [drained.seconds], "s"),
        Line(f"{what}, lower bound by the rates for the calls made", [drained.bound], "s"),
        Line(f"{what}, to the lower bound", [drained.seconds / drained.bound], "×", at_most=1.2),
        Line(f"{what}, lower bound for the changes alone", [count / rate("UpdateAgentRuntime")], "s"),
        Line("calls that AgentCore let through, for each runtime", [drained.calls.total() / count], ""),
        Line("calls that AgentCore turned away, for each runtime", [drained.throttled / count], ""),
    ]


def drained_account(count: int) -> Drain:
    """Let a sweep find so many runtimes that drifted, and go on until all of them are contained."""
    world = World(Conditions(bounds={"changes": 10**9}, latest=20.0, sweep_seconds=3_600.0))
    way = world.guardrails[0].way
    way.tries, way.latencies = SDK_TRIES, LATENCIES
    _fill(world, count)
    meter, began = Meter(world.plane), world.now
    _sweep(world, began)
    while not _is_drained(world):
        world.loop.run(world.now + 10)
        if world.now - began > LONGEST_SECONDS:
            raise RuntimeError("the account is not drained after a day")
    world.loop.close()
    lifted = max(each.at for each in world.watch.made if each.kind == "lift-denial")
    denied = max({each.runtime_id: each.at for each in reversed(world.watch.made)}.values())
    return Drain(lifted - began, denied - began, meter.calls, meter.throttled)


class Meter:
    """Counts the requests to a control plane, up to the last denial that was taken back."""

    def __init__(self, plane: ControlPlane) -> None:
        self.calls: Counter[str] = Counter()
        self.throttled = 0
        self._now: Counter[str] = Counter()
        self._turned_away = 0
        self._perform = plane.call
        plane.call = self._call  # type: ignore[method-assign]

    def _call(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        try:
            answer = self._perform(operation, parameters)
        except ServiceError as error:
            self._turned_away += error.code == "ThrottlingException"
            raise
        self._now[operation] += 1
        if operation == "DeleteResourcePolicy":
            self.calls, self.throttled = self._now.copy(), self._turned_away
        return answer


def _fill(world: World, count: int) -> None:
    for number in range(count):
        made(world, f"agent_{number}", PUBLIC)
    world.plane.behave(throttled=True)


def _sweep(world: World, when: float) -> None:
    def sweep() -> None:
        world.guardrails[0].sweep()
        _sweep(world, when + world.conditions.sweep_seconds)

    world.loop.at(when, sweep)


def _is_drained(world: World) -> bool:
    lifted = {each.runtime_id for each in world.watch.made if each.kind == "lift-denial"}
    if len(lifted) < len(world.runtimes):
        return False
    sights = [sight for runtime_id in world.runtimes if (sight := world.sight(runtime_id)) is not None]
    return not any(sight.escapes(APPROVED) or is_denied(sight.policy) for sight in sights)
