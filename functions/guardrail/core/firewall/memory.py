"""What is remembered of one controller between two runs of the reconciler."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.registry import Registry, parse_registry

HEALS_A_DAY = 4
"""After so many heals within a day something else keeps changing the rules, and people have to decide who is right."""


@dataclass(frozen=True, slots=True)
class FirewallMemory:
    """One controller's.

    Attributes:
        applied: Digest of the bound pack that a controller was last seen to have, or "".
        attempted: Digest of the one whose apply began last; the same as `applied` unless that failed half-way.
        told: What people were told last and need not be told again, or "".
        heals: When drift was healed, within the last day.
    """

    applied: str = ""
    attempted: str = ""
    told: str = ""
    heals: tuple[datetime, ...] = ()
    registry: Registry = field(default_factory=Registry)

    def settled_on(self, digest: str) -> bool:
        """Say whether this pack was applied and nothing else was tried since."""
        return self.applied == self.attempted == digest

    def healed_within_a_day(self, at: datetime) -> tuple[datetime, ...]:
        """Return the heals that count."""
        return tuple(heal for heal in self.heals if at - heal < timedelta(days=1))

    def is_unstable(self, at: datetime) -> bool:
        """Say whether healing again would be a fight."""
        return len(self.healed_within_a_day(at)) >= HEALS_A_DAY

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "applied": self.applied,
            "attempted": self.attempted,
            "told": self.told,
            "heals": [heal.isoformat() for heal in self.heals],
            "registry": self.registry.document(),
        }


def parse_memory(document: Any) -> FirewallMemory:
    """Read what `FirewallMemory.document` wrote.

    Raises:
        InvalidInput: It is something else.
    """
    try:
        return FirewallMemory(
            applied=str(document["applied"]),
            attempted=str(document["attempted"]),
            told=str(document["told"]),
            heals=tuple(datetime.fromisoformat(each) for each in document["heals"]),
            registry=parse_registry("firewall memory: registry", document["registry"]),
        )
    except (KeyError, TypeError, ValueError):
        raise InvalidInput("firewall memory", "what this version wrote") from None
