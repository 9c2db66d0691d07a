"""Trouble on request: calls that fail, calls whose answer is lost, updates that end badly, reads that lag behind."""

from dataclasses import dataclass
from typing import Any

from guardrail_lab.agentcore.errors import ServiceError

MESSAGE = "The lab was told to fail this call"


@dataclass(slots=True)
class Failure:
    """The next ``times`` requests of an operation fail; an SDK's own retries count as requests.

    Attributes:
        took_effect: Make the change nevertheless, and lose only its answer.
    """

    operation: str
    code: str
    status: int
    times: int
    took_effect: bool = False

    def error(self) -> ServiceError:
        """What the caller sees."""
        return ServiceError(self.code, MESSAGE, self.status, took_effect=self.took_effect)


@dataclass(slots=True)
class Lag:
    """The next ``times`` reads are answered as of ``seconds`` ago; of one operation, or of every Get and List."""

    seconds: float
    times: int
    operation: str | None = None


class Faults:
    """What is still to go wrong; empty at start. Several accounts may share one."""

    def __init__(self) -> None:
        self._failures: list[Failure] = []
        self._lags: list[Lag] = []
        self._failing_updates: dict[str, str] = {}
        self._known_authorizers: set[str] = set()

    def fail(self, operation: str, *, times: int, code: str, status: int, took_effect: bool = False) -> None:
        """Fail the next requests of an operation, before or after they take effect."""
        self._failures.append(Failure(operation, code, status, times, took_effect))

    def lag(self, seconds: float, *, times: int, operation: str | None = None) -> None:
        """Answer the next reads as of some seconds ago, at most an hour."""
        self._lags.append(Lag(seconds, times, operation))

    def fail_next_update(self, runtime_id: str, reason: str) -> None:
        """End the next update of a runtime in UPDATE_FAILED, or its creation under a name in CREATE_FAILED."""
        self._failing_updates[runtime_id] = reason

    def refuse_authorizer(self, runtime_id: str) -> None:
        """Answer every update that has an authorizer with "Authorizer already exists", until cleared."""
        self._known_authorizers.add(runtime_id)

    def clear(self) -> None:
        """Let everything work again."""
        self._failures, self._lags = [], []
        self._failing_updates, self._known_authorizers = {}, set()

    def pending(self) -> dict[str, Any]:
        """Return what has not happened yet."""
        return {
            "failures": {failure.operation: failure.times for failure in self._failures if failure.times},
            "lags": sum(lag.times for lag in self._lags),
            "failing_updates": sorted(self._failing_updates),
            "refused_authorizers": sorted(self._known_authorizers),
        }

    def before(self, operation: str) -> ServiceError | None:
        """Return the error of a request that is to fail without effect, and count it."""
        return self._next(operation, took_effect=False)

    def after(self, operation: str) -> ServiceError | None:
        """Return the error of a request whose answer is to be lost, and count it."""
        return self._next(operation, took_effect=True)

    def seconds_behind(self, operation: str) -> float:
        """Return by how much this read lags behind, and count it."""
        if self._lags and operation.startswith(("Get", "List")):
            for lag in self._lags:
                if lag.times > 0 and lag.operation in (None, operation):
                    lag.times -= 1
                    return lag.seconds
        return 0.0

    def reason_to_fail(self, runtime_id: str) -> str | None:
        """Return why the update that begins now will fail, if it will, and forget it."""
        return self._failing_updates.pop(runtime_id, None)

    def refuses_authorizer(self, runtime_id: str) -> bool:
        """Whether the runtime's updates may not have an authorizer."""
        return runtime_id in self._known_authorizers

    def _next(self, operation: str, *, took_effect: bool) -> ServiceError | None:
        for failure in self._failures:
            if failure.times > 0 and failure.operation == operation and failure.took_effect is took_effect:
                failure.times -= 1
                return failure.error()
        return None
