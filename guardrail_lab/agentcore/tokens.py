"""A clientToken makes a request idempotent: sent again it is answered again, and nothing happens a second time."""

from collections.abc import Mapping
from typing import Any

from guardrail_lab.agentcore.errors import invalid

Answer = dict[str, Any]


class ClientTokens:
    """Remembers each operation's tokens for a day; how long the service does so is not documented."""

    KEPT_SECONDS = 86_400.0

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], tuple[float, dict[str, Any], Answer]] = {}

    def earlier(self, operation: str, parameters: Mapping[str, Any], at: float) -> Answer | None:
        """Return the answer that this very request already got.

        Raises:
            ServiceError: ValidationException when the token came with other parameters.
        """
        seen = self._seen.get((operation, parameters.get("clientToken", "")))
        if seen is None or at >= seen[0] + self.KEPT_SECONDS:
            return None
        if seen[1] != parameters:
            raise invalid("The clientToken was used with other parameters", "IdempotentParameterMismatchException")
        return seen[2]

    def remember(self, operation: str, parameters: Mapping[str, Any], answer: Answer, at: float) -> None:
        """Keep the answer of a request that succeeded."""
        if "clientToken" in parameters:
            self._seen[operation, parameters["clientToken"]] = (at, dict(parameters), answer)
