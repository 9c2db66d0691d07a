"""What is decided about a flow, by whom, and how sure that is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Decision(StrEnum):
    """What becomes of a flow."""

    PERMIT = "PERMIT"
    DENY = "DENY"
    NOT_INSPECTED = "NOT_INSPECTED"
    """It crosses no gateway, so no rule ever sees it."""
    INDETERMINATE = "INDETERMINATE"
    """What is not known about it would change the decision."""


class Note(StrEnum):
    """What an answer rests on."""

    FQDN_BY_NAME = "fqdn-by-name"
    """No destination address: the name was taken to lead to the addresses that the gateway resolved it to."""
    NOT_TLS = "not_tls"
    """Denied because the rule demands TLS and this is none."""
    WATCH_AMBIGUOUS = "watch_ambiguous"
    """If a rule on Watch ended the evaluation, the flow would pass."""
    SNI_UNVERIFIED = "sni_unverified"
    """Permitted by the name the client claims, to an address that nobody compared with it."""
    PATH_CASE_ASSUMED = "path-case-assumed"
    """The path matches only if the engine does not tell upper from lower case."""


@dataclass(frozen=True, slots=True)
class Shadow:
    """A rule on Watch that matched: it did nothing, and says what it would have done."""

    rule: str
    would: Decision


@dataclass(frozen=True, slots=True)
class Answer:
    """The decision about one flow.

    Attributes:
        by: Name of the rule, `default-action`, or None when no rule decided.
        notes: Words of `Note`, and `unknown: …`, `may-be-by: …`, `if-inspected: …` with what they are about.
        logged: Whether the gateway writes a log line for certain.
    """

    decision: Decision
    by: str | None
    shadow: tuple[Shadow, ...] = ()
    notes: tuple[str, ...] = ()
    logged: bool = False

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "decision": self.decision.value,
            "by": self.by,
            "shadow": [{"rule": each.rule, "would": each.would.value} for each in self.shadow],
            "notes": list(self.notes),
            "logged": self.logged,
        }
