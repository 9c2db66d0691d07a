"""Trouble on request, for tests and the demo: events that CloudTrail loses, calls that AgentCore fails."""

from dataclasses import dataclass
from typing import Any

from ministack.core.responses import error_response_json

from guardrail_lab.emulator.seam import Answer, Forward, Request


@dataclass(slots=True)
class Failure:
    """The next ``times`` HTTP requests of an operation fail; an SDK's own retries count as requests."""

    operation: str
    code: str
    status: int
    times: int


class Faults:
    """What is still to go wrong; empty at start."""

    def __init__(self) -> None:
        self._events_to_lose = 0
        self._failures: list[Failure] = []

    def lose_events(self, count: int) -> None:
        """Lose the next events, whichever calls they are of."""
        self._events_to_lose = count

    def fail(self, failure: Failure) -> None:
        """Add a failure to those that are still to happen."""
        self._failures.append(failure)

    def clear(self) -> None:
        """Let everything work again."""
        self._events_to_lose, self._failures = 0, []

    def pending(self) -> dict[str, Any]:
        """Return what has not happened yet."""
        operations = {failure.operation: failure.times for failure in self._failures if failure.times}
        return {"events_to_lose": self._events_to_lose, "failures": operations}

    def loses_this_event(self) -> bool:
        """Say whether the event at hand is lost, and count it."""
        lost = self._events_to_lose > 0
        self._events_to_lose -= lost
        return lost

    async def interfere(self, request: Request, forward: Forward) -> Answer:
        """Fail the request if its operation is to fail."""
        for failure in self._failures:
            if request.agentcore is not None and request.agentcore.name == failure.operation and failure.times > 0:
                failure.times -= 1
                return Answer(*error_response_json(failure.code, "The lab was told to fail this call", failure.status))
        return await forward(request)
