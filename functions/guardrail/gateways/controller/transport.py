"""Messages to one controller: connected on first use, reads tried again while no answer comes."""

import time
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from guardrail.gateways.controller.login import Login
from guardrail.gateways.controller.outcome import BAD_CA, CONNECTION, TIMEOUT, Answer, Failure, Message

if TYPE_CHECKING:
    from guardrail.gateways.controller.https import Pool

READ_TRIES = 5
FIRST_PAUSE_SECONDS = 0.5


class Transport:
    """Sends messages. It never raises for what the network or the controller does: a failure is a value.

    Args:
        ca_file: PEM file of the only CA to trust; without it, those of the system, or the login's own.
        insecure: Do not verify the controller's certificate. For labs.
        sleep: Pauses for so many seconds before a read is tried again.

    Raises:
        InvalidInput: The CA file cannot be used.
    """

    def __init__(
        self, *, ca_file: str | None = None, insecure: bool = False, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        # Three quarters of the client's import are urllib3's: only who makes a client pays for it.
        from guardrail.gateways.controller import https

        self._https = https
        self._ca_file = https.checked_ca_file(ca_file)
        self._insecure, self._sleep = insecure, sleep
        self._lock = Lock()
        self._pools: dict[tuple[str, int, str], Pool | None] = {}

    def exchange(self, login: Login, message: Message, *, seconds: float, tries: int = 1) -> Answer | Failure:
        """Send a message and return the answer.

        Args:
            seconds: Limit for the answer as a whole, once it is connected.
            tries: How often to send it while no answer arrives, with pauses of 0.5 s, 1 s, 2 s … in between.
        """
        pool = self._pool(login)
        if pool is None:
            return BAD_CA
        for attempt in range(tries):
            if attempt:
                self._sleep(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))
            outcome = self._https.send(pool, message, seconds)
            if outcome not in (TIMEOUT, CONNECTION):
                break
        return outcome

    def _pool(self, login: Login) -> "Pool | None":
        """Return the pool for a login; the one for a login that was rotated away goes."""
        key = (login.host, login.port, login.ca_certificate)
        with self._lock:
            if key not in self._pools:
                self._pools = {key: self._https.open_pool(login, self._ca_file, insecure=self._insecure)}
            return self._pools[key]
