"""Calls that the controller finishes later: started, then asked after until they are done."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from guardrail.gateways.controller.call import form
from guardrail.gateways.controller.calls import Calls, failed
from guardrail.gateways.controller.outcome import JOB_UNFINISHED, Failure
from guardrail.gateways.controller.reading import NO_REASON
from guardrail.gateways.controller.shape import Unexpected, checked, text

POLL_SECONDS = 10.0
POLLS = 360
"""An hour in all."""
_NOT_YET = ("in-progress", NO_REASON, "http-502", "http-503")


class Jobs:
    """Starts jobs and waits for them.

    Args:
        sleep: Pauses for so many seconds between two questions.
    """

    def __init__(self, calls: Calls, sleep: Callable[[float], None] = time.sleep) -> None:
        self._calls, self._sleep = calls, sleep

    def start(self, action: str, fields: Mapping[str, str]) -> str:
        """Start a job and return its request id."""
        call = form(action, {**fields, "async": "true"})
        return checked(call.operation, _request_id, self._calls.results(call))

    def wait(self, request_id: str, *, polls: int = POLLS) -> Any:
        """Ask after a job, at once and then every 10 seconds, and return its results.

        Raises:
            GatewayError: The job failed, or was not done after the last question (`job-unfinished`, retryable).
        """
        call = form("check_task_status", {"request_id": request_id}, read=True)
        for poll in range(polls):
            if poll:
                self._sleep(POLL_SECONDS)
            outcome = self._calls.outcome(call)
            if not isinstance(outcome, Failure):
                return outcome.document
            if outcome.code not in _NOT_YET:
                raise failed(call, outcome)
        raise failed(call, JOB_UNFINISHED)


def _request_id(results: Any) -> str:
    found = text(results.get("request_id") if isinstance(results, dict) else results)
    if not found:
        raise Unexpected
    return found
