"""One reconciler per controller: a lease in the state table, keyed by the controller."""

import time
from collections.abc import Callable

from guardrail.core.errors import GatewayError
from guardrail.gateways.aws import Client
from guardrail.gateways.table import Table, number
from guardrail.ports.shared import Clock

SECONDS = 660
"""Longer than the function may run, so that a lease never ends under a run that still works."""

POLL_SECONDS = 5


class ControllerLeaseGateway:
    """A lease in DynamoDB.

    An item: `id` (`lease#<controller>`), `lease_until` (epoch seconds, absent when free), `fence` (grows).

    Args:
        patience_seconds: How long to wait for somebody else's to end.
        sleep: Pauses for so many seconds.
    """

    def __init__(
        self,
        clients: Callable[[str], Client],
        table: str,
        controller: str,
        clock: Clock,
        *,
        patience_seconds: int = 0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._table, self._key, self._clock = Table(clients, table), f"lease#{controller}", clock
        self._patience, self._sleep = patience_seconds, sleep
        self._fence: int | None = None

    def take(self) -> bool:
        for _ in range(self._patience // POLL_SECONDS):
            if self._try():
                return True
            self._sleep(POLL_SECONDS)
        return self._try()

    def held(self) -> bool:
        item = self._table.get(self._key)
        fence, until = item.get("fence", {"N": "-1"}), item.get("lease_until", {"N": "0"})
        return int(fence["N"]) == self._fence and int(until["N"]) > self._clock().timestamp()

    def give_back(self) -> None:
        if self._fence is None:
            return
        fence, self._fence = self._fence, None
        freed = self._table.update(
            self._key, "REMOVE lease_until", {":fence": number(fence)}, condition="fence = :fence"
        )
        if freed is None:
            raise GatewayError("dynamodb:UpdateItem", "the lease was taken over", retryable=True)

    def _try(self) -> bool:
        now = self._clock().timestamp()
        taken = self._table.update(
            self._key,
            "SET lease_until = :until ADD fence :one",
            {":until": number(now + SECONDS), ":now": number(now), ":one": number(1)},
            condition="attribute_not_exists(lease_until) OR lease_until < :now",
        )
        self._fence = None if taken is None else int(taken["fence"]["N"])
        return taken is not None
