"""One message in the hands of one invocation: what was read, what was decided by it, what was made of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.chaos.guardrail import Guardrail

INTENT, OUTCOME = "change-intended/", "change-outcome/"


@dataclass
class Handling:
    """One message in the hands of one invocation.

    Attributes:
        deeds: `(what, detail)` in order: `read` (operation, parameters, answer, when), `write`, `refused`, `record`,
            `switch`, `sent`.
    """

    guardrail: "Guardrail"
    body: dict[str, Any]
    began: float
    deeds: list[tuple[str, Any]] = field(default_factory=list)

    def of(self, what: str) -> list[Any]:
        """What was done of one sort."""
        return [detail for kind, detail in self.deeds if kind == what]

    def since_the_last_write(self) -> Iterator[tuple[str, Any]]:
        """What was done since the last call that changed something; since the beginning where there was none."""
        writes = [position for position, (what, _) in enumerate(self.deeds) if what == "write" and self._took(position)]
        yield from self.deeds[writes[-1] + 1 if writes else 0 :]

    def has_written(self) -> bool:
        """Whether a call that changes something was sent, and not refused as it was."""
        return any(what == "write" and self._took(position) for position, (what, _) in enumerate(self.deeds))

    def _took(self, position: int) -> bool:
        return ("refused", "ValidationException") not in self.deeds[position:]

    @property
    def intent(self) -> str | None:
        """Key of the record that was written before a change."""
        return next((key for key in self.of("record") if key.startswith(INTENT)), None)

    @property
    def actor(self) -> str | None:
        """Whose recorded call led here."""
        arn: str | None = self.body.get("detail", {}).get("userIdentity", {}).get("arn")
        return arn

    def compared(self) -> bool:
        """Whether the newest version was read once more, and nothing was done since but to send the call."""
        done = [(what, detail) for what, detail in self.deeds if what not in ("write", "refused")]
        what, detail = done[-1]
        return what == "read" and detail[0] == "GetAgentRuntime" and "agentRuntimeVersion" not in detail[1]

    def judged_version(self) -> int:
        """The version that the guardrail took for the newest when it decided."""
        numbers = [
            int(answer["agentRuntimeVersion"])
            for operation, parameters, answer, _ in self.of("read")
            if operation == "GetAgentRuntime" and "agentRuntimeVersion" not in parameters and answer
        ]
        return numbers[-1]

    def look_began(self) -> float:
        """When the guardrail began to read what it decided by: the newest version comes first, then the endpoints."""
        began, newest = self.began, self.began
        for operation, parameters, _, at in self.of("read"):
            if operation == "GetAgentRuntime" and "agentRuntimeVersion" not in parameters:
                newest = at
            elif operation == "ListAgentRuntimeEndpoints":
                began = newest
        return began

    def read_policy(self) -> str | None:
        """The resource policy that it decided by."""
        answers = [answer for operation, _, answer, _ in self.of("read") if operation == "GetResourcePolicy"]
        found: str | None = answers[-1].get("policy") if answers else None
        return found
