"""What every function needs: the time, a place for records, the switches. Every method may raise GatewayError."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from guardrail.core.evidence import EvidenceRecord
from guardrail.core.runtimes.exemption import Exemptions
from guardrail.core.switch import Scope

Clock = Callable[[], datetime]
"""The present moment (UTC)."""


class Evidence(Protocol):
    """The bucket that keeps records."""

    def append(self, record: EvidenceRecord) -> str:
        """Write the record, once however often it is called, and return where it is."""
        ...

    def store(self, key: str, document: bytes) -> str:
        """Write a record that waited elsewhere, as it is, once, and return where it is."""
        ...


class Switches(Protocol):
    """What people decided about the loops, read before every change; one function writes it, and no loop does."""

    def engaged(self, scope: Scope) -> bool:
        """Return whether the loop may act; read anew each time.

        Raises:
            GuardrailError: The switch could not be read, or its state is unknown: nothing may be changed.
        """
        ...

    def exemptions(self) -> Exemptions:
        """Return the exemptions granted, expired ones included: the verdict ignores and notes those."""
        ...
