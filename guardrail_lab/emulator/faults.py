"""Trouble on request, for tests and the demo: events that CloudTrail loses, calls that AgentCore fails."""

from typing import Any

from guardrail_lab.agentcore.faults import Faults
from guardrail_lab.emulator.agentcore import refusal
from guardrail_lab.emulator.seam import Answer, Forward, Request


class Trouble:
    """What is still to go wrong; empty at start.

    Args:
        faults: Those of the control plane.
    """

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._events_to_lose = 0

    def lose_events(self, count: int) -> None:
        """Lose the next events, whichever calls they are of."""
        self._events_to_lose = count

    def clear(self) -> None:
        """Let everything work again."""
        self._events_to_lose = 0
        self._faults.clear()

    def pending(self) -> dict[str, Any]:
        """Return what has not happened yet."""
        return {"events_to_lose": self._events_to_lose, **self._faults.pending()}

    def loses_this_event(self) -> bool:
        """Say whether the event at hand is lost, and count it."""
        lost = self._events_to_lose > 0
        self._events_to_lose -= lost
        return lost

    async def interfere(self, request: Request, forward: Forward) -> Answer:
        """Fail the request before it has any effect."""
        error = self._faults.before(request.agentcore.name) if request.agentcore else None
        return refusal(error) if error else await forward(request)

    async def lose_answer(self, request: Request, forward: Forward) -> Answer:
        """Let the request take effect, and be recorded, and lose its answer."""
        answer = await forward(request)
        call = request.agentcore if answer.status < 400 else None
        error = self._faults.after(call.name) if call else None
        return refusal(error) if error else answer
