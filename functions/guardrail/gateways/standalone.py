"""What a command straight at a controller has in the place of switches, bucket and lease: nothing of AWS."""

from guardrail.core.evidence import EvidenceRecord
from guardrail.core.switch import Scope


def always_engaged(_: Scope) -> bool:
    """No switch: whoever gives the command is the one to ask."""
    return True


class NoEvidence:
    """Keeps nothing: the command's output is the record."""

    def append(self, record: EvidenceRecord) -> str:  # noqa: ARG002
        return ""

    def store(self, key: str, document: bytes) -> str:  # noqa: ARG002
        return ""


class NoLease:
    """Lets everybody act: two commands at once are told apart by what each of them reads."""

    def take(self) -> bool:
        return True

    def held(self) -> bool:
        return True

    def give_back(self) -> None:
        return None
