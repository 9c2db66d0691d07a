"""The state table: one item per runtime with its history and its lease, counters, and records that wait."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zlib import compress, decompress

from guardrail.core.errors import GatewayError
from guardrail.core.evidence import EvidenceRecord, canonical_json
from guardrail.core.runtimes.history import GONE, History
from guardrail.gateways.aws import Client
from guardrail.gateways.history_item import attributes_of, history_of
from guardrail.gateways.table import Table, number
from guardrail.ports.runtimes import Lease

_KEEP_DAYS = 400
"""After so long DynamoDB deletes items of runtimes long gone. Of one that is there nothing may be lost: its fence makes
the names of records, and a name that comes twice is written once."""

_TRIES = 5
"""At a window that others write at the same time; so many functions never run at once."""

_CURSOR, _WAITING = "sweep#cursor", "intents"


class StateGateway:
    """State in DynamoDB.

    A runtime's item: `id` (key), the history's attributes (`history_item.py`), `lease_until` (epoch seconds, absent
    when free), `fence` (grows with every lease), `opened` (name of a change of which nobody knows the end),
    `expires_at` (time to live, for cleaning up only). Beside them `budget#…`, `window#…`, `sweep#cursor`, and records
    that the bucket refused: `intent#<key>`, their keys in `intents`.
    """

    def __init__(self, clients: Callable[[str], Client], table: str) -> None:
        self._table = Table(clients, table)
        self._name = table

    def history(self, runtime_id: str) -> History:
        return history_of(self._table.get(_runtime(runtime_id)))

    def lease(self, runtime_id: str, now: datetime, seconds: int) -> Lease | None:
        taken = self._table.update(
            _runtime(runtime_id),
            "SET lease_until = :until, expires_at = :expires ADD fence :one",
            {
                ":until": number(now.timestamp() + seconds),
                ":expires": number((now + timedelta(days=_KEEP_DAYS)).timestamp()),
                ":now": number(now.timestamp()),
                ":one": number(1),
            },
            condition="attribute_not_exists(lease_until) OR lease_until < :now",
        )
        if taken is None:
            return None
        return Lease(runtime_id, int(taken["fence"]["N"]), history_of(taken), taken.get("opened", {"S": ""})["S"])

    def begin(self, lease: Lease, history: History, opened: str) -> None:
        values, sets = _set({**attributes_of(history), "opened": {"S": opened}})
        self._write(lease, f"SET {sets}", values)

    def commit(self, lease: Lease, history: History) -> None:
        values, sets = _set(attributes_of(history))
        self._write(lease, f"SET {sets} REMOVE opened, {_given_back(history)}", values)

    def release(self, lease: Lease) -> None:
        self._write(lease, f"REMOVE {_given_back(lease.history)}", {})

    def _write(self, lease: Lease, update: str, values: dict[str, Any]) -> None:
        """Write, unless somebody took the lease over in the meantime."""
        names = {"#sequence": "sequence"} if "#sequence" in update else None
        fence = {":fence": number(lease.fence)}
        key, condition = _runtime(lease.runtime_id), "fence = :fence AND attribute_exists(lease_until)"
        if self._table.update(key, update, values | fence, condition=condition, names=names) is None:
            raise GatewayError("dynamodb:UpdateItem", "the lease was taken over", retryable=True)

    def spend(self, budget: str, wanted: int, limit: int) -> int:
        key = f"budget#{budget}"
        granted = min(wanted, limit - int(self._table.get(key).get("spent", {"N": "0"})["N"]))
        if granted <= 0:
            return 0
        values = {":granted": number(granted), ":left": number(limit - granted)}
        condition = "attribute_not_exists(spent) OR spent <= :left"
        spent = self._table.update(key, "ADD spent :granted", values, condition=condition)
        return 0 if spent is None else granted

    def admit(self, what: str, now: datetime, seconds: int, limit: int) -> bool:
        for _ in range(_TRIES):
            item = self._table.get(f"window#{what}")
            times = [datetime.fromisoformat(time) for time in json.loads(item.get("times", {"S": "[]"})["S"])]
            recent = [time for time in times if now - time < timedelta(seconds=seconds)]
            if len(recent) >= limit:
                return False
            if self._admitted(what, [*recent, now], int(item.get("version", {"N": "0"})["N"])):
                return True
        raise GatewayError("dynamodb:UpdateItem", f"window {what} was written by others all the time", retryable=True)

    def _admitted(self, what: str, times: list[datetime], version: int) -> bool:
        values = {
            ":times": {"S": json.dumps([time.isoformat() for time in times])},
            ":next": number(version + 1),
            ":version": number(version),
            ":expires": number((times[-1] + timedelta(days=_KEEP_DAYS)).timestamp()),
        }
        update = "SET times = :times, version = :next, expires_at = :expires"
        condition = "attribute_not_exists(version) OR version = :version"
        return self._table.update(f"window#{what}", update, values, condition=condition) is not None

    def park(self, record: EvidenceRecord) -> str:
        """Write the record first, then its key among those that wait: what is listed is there."""
        body = {":body": {"B": compress(canonical_json(record.document()))}}
        self._table.update(f"intent#{record.key}", "SET body = if_not_exists(body, :body)", body)
        self._table.update(_WAITING, "ADD waiting :key", {":key": {"SS": [record.key]}})
        return f"dynamodb://{self._name}/intent#{record.key}"

    def parked(self) -> tuple[str, ...]:
        return tuple(sorted(self._table.get(_WAITING).get("waiting", {"SS": []})["SS"]))

    def unpark(self, key: str, store: Callable[[str, bytes], str]) -> None:
        item = self._table.get(f"intent#{key}")
        if "body" in item:
            store(key, decompress(item["body"]["B"]))
        self._table.update(_WAITING, "DELETE waiting :key", {":key": {"SS": [key]}})
        self._table.delete(f"intent#{key}")

    def cursor(self) -> str | None:
        return self._table.get(_CURSOR).get("next_token", {"S": ""})["S"] or None

    def save_cursor(self, cursor: str | None) -> None:
        self._table.put(_CURSOR, {"next_token": {"S": cursor or ""}})


def _runtime(runtime_id: str) -> str:
    return f"runtime#{runtime_id}"


def _given_back(history: History) -> str:
    """What goes with the lease: the time to live too, unless the runtime is gone or was never there."""
    return "lease_until" if history.digest in ("", GONE) else "lease_until, expires_at"


def _set(attributes: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Values and the assignments of an update; `sequence` is a reserved word."""
    names = {name: "#sequence" if name == "sequence" else name for name in attributes}
    return {f":{name}": value for name, value in attributes.items()}, ", ".join(f"{names[n]} = :{n}" for n in names)
