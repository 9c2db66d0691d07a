"""Evidence: what was seen, decided and done, as canonical JSON with its SHA-256."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_json(document: Mapping[str, Any]) -> bytes:
    """Return the one byte form of a document: UTF-8, sorted keys, no spaces, non-ASCII unescaped.

    A lone surrogate, which UTF-8 cannot express, becomes its backslash escape.
    """
    return _ENCODER.encode(document).encode("utf-8", "backslashreplace")


def digest(document: Mapping[str, Any]) -> str:
    """Return `sha256:` and the hex SHA-256 of the document's canonical JSON."""
    return "sha256:" + sha256(canonical_json(document)).hexdigest()


class RecordKind(StrEnum):
    """What an evidence record is about."""

    VERDICT = "verdict"
    GONE = "runtime-gone"
    DENIED_ATTEMPT = "denied-attempt"
    NOT_JUDGED = "change-not-judged"
    INTENT = "change-intended"
    OUTCOME = "change-outcome"
    ESCALATED = "response-escalated"
    BACK_OUT = "back-out"
    EXEMPTION = "exemption"
    FIREWALL_DRIFT = "firewall-drift"
    FIREWALL_INTENT = "firewall-intended"
    FIREWALL_OUTCOME = "firewall-outcome"


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    """One fact for the auditor.

    Attributes:
        subject: What it is about, as the first part of its key: a runtime id, or an event id.
        name: What tells it from the subject's other records. The same fact has the same name, so a repeated
            message writes it once.
        at: When it was decided (UTC).
        body: JSON values only; no secret, no environment variable, no event body.
    """

    kind: RecordKind
    subject: str
    name: str
    at: datetime
    body: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The object key: `<kind>/<subject>/<name>.json`."""
        return f"{self.kind}/{self.subject}/{self.name}.json"

    def document(self) -> dict[str, Any]:
        """Return the record as it is stored: its fields, and the digest over all of them."""
        fields = {"version": 1, "kind": self.kind, "subject": self.subject, "at": self.at.isoformat(), **self.body}
        return {**fields, "digest": digest(fields)}
