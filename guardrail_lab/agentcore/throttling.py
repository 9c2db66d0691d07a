"""The documented request rates, account and Region wide: one token bucket for each operation, on the given clock."""

from guardrail_lab.agentcore.errors import throttled

READS_PER_SECOND = 50.0
OTHERS_PER_SECOND = 5.0
READS = frozenset({"GetAgentRuntime", "GetAgentRuntimeEndpoint"})


def rate(operation: str) -> float:
    """Return requests per second. Only those of runtimes and endpoints are documented; 5 is assumed for all others."""
    return READS_PER_SECOND if operation in READS else OTHERS_PER_SECOND


class Throttle:
    """A bucket holds what one second gives, so that a short burst passes."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, operation: str, at: float) -> None:
        """Let one request through.

        Raises:
            ServiceError: ThrottlingException when the bucket is empty.
        """
        per_second = rate(operation)
        level, since = self._buckets.get(operation, (per_second, at))
        level = min(per_second, level + (at - since) * per_second)
        # What rounding takes from a token must not refuse a request that is exactly on time.
        if level < 1 - 1e-6:
            self._buckets[operation] = (level, at)
            raise throttled(operation)
        self._buckets[operation] = (level - 1, at)
