"""A History as attributes of a DynamoDB item, and back."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zlib import compress, decompress

from guardrail.core.runtimes.history import DormantVersions, History
from guardrail.core.runtimes.rules import RuleId
from guardrail.core.runtimes.step import Act, Denial, StepKind

Attributes = dict[str, Any]


def attributes_of(history: History) -> Attributes:
    """Return the attributes: `digest`, `compliance`, `sequence`, and compressed JSON in `dormant` and `ladder`.

    Compressed, because a thousand versions with 32 ids each, and a resource policy of 20,480 characters beside them,
    would not fit into the 400 KB of an item.
    """
    return {
        "digest": {"S": history.digest},
        "compliance": {"S": history.compliance},
        "sequence": {"N": str(history.sequence)},
        "dormant": {"B": _packed(_dormant_document(history.dormant))},
        "ladder": {"B": _packed(_response_document(history))},
    }


def history_of(item: Mapping[str, Any]) -> History:
    """Read them back; an item that holds only a lease is an empty History, and one of an older version has no acts."""
    if "digest" not in item:
        return History()
    response = _unpacked(item["ladder"]["B"]) if "ladder" in item else {}
    return History(
        digest=item["digest"]["S"],
        compliance=item["compliance"]["S"],
        sequence=int(item["sequence"]["N"]),
        dormant=_dormant(_unpacked(item["dormant"]["B"])),
        acts=tuple(_act(act) for act in response.get("acts", ())),
        denial=_denial(response["denial"]) if response.get("denial") else None,
        due={RuleId(rule): datetime.fromisoformat(at) for rule, at in response.get("due", {}).items()},
        escalated=response.get("escalated", ""),
        again_at=datetime.fromisoformat(response["again_at"]) if response.get("again_at") else None,
        missing={int(number): datetime.fromisoformat(at) for number, at in response.get("missing", {}).items()},
        unread_since=datetime.fromisoformat(response["unread_since"]) if response.get("unread_since") else None,
    )


def _packed(document: Mapping[str, Any]) -> bytes:
    return compress(json.dumps(document, sort_keys=True).encode())


def _unpacked(packed: bytes) -> Any:
    return json.loads(decompress(packed))


def _dormant_document(dormant: DormantVersions) -> dict[str, Any]:
    foreign = {str(number): answer for number, answer in dormant.foreign.items()}
    return {"read": sorted(dormant.read), "foreign": foreign, "zone": dormant.zone}


def _dormant(stored: Any) -> DormantVersions:
    foreign = {int(number): answer for number, answer in stored["foreign"].items()}
    return DormantVersions(frozenset(stored["read"]), foreign, stored["zone"])


def _response_document(history: History) -> dict[str, Any]:
    return {
        "acts": [_act_document(act) for act in history.acts],
        "denial": None if history.denial is None else _denial_document(history.denial),
        "due": {rule: at.isoformat() for rule, at in history.due.items()},
        "escalated": history.escalated,
        "again_at": None if history.again_at is None else history.again_at.isoformat(),
        "missing": {str(number): at.isoformat() for number, at in history.missing.items()},
        "unread_since": None if history.unread_since is None else history.unread_since.isoformat(),
    }


def _act_document(act: Act) -> dict[str, Any]:
    return {
        "at": act.at.isoformat(),
        "kind": act.kind,
        "version": act.version,
        "endpoint": act.endpoint,
        **({"refused": act.refused} if act.refused else {}),
        **({"since": act.since.isoformat()} if act.since else {}),
    }


def _act(stored: dict[str, Any]) -> Act:
    since = stored.get("since")
    times = {"at": datetime.fromisoformat(stored["at"]), "since": datetime.fromisoformat(since) if since else None}
    return Act(**{**stored, **times, "kind": StepKind(stored["kind"])})


def _denial_document(denial: Denial) -> dict[str, Any]:
    return {"found": denial.found, "missed": None if denial.missed is None else denial.missed.isoformat()}


def _denial(stored: dict[str, Any]) -> Denial:
    missed = stored.get("missed")
    return Denial(stored["found"], None if missed is None else datetime.fromisoformat(missed))
