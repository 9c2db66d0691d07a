"""The state table: one item per runtime with its history and its lease, counters, and records that wait."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zlib import compress, decompress

from guardrail.core.errors import GatewayError
from guardrail.core.evidence import EvidenceRecord, canonical_json
from guardrail.core.runtimes.breaker import Admission, Breaker, Slot
from guardrail.core.runtimes.history import GONE, History
from guardrail.gateways.aws import Client
from guardrail.gateways.history_item import attributes_of, history_of
from guardrail.gateways.table import Table, number
from guardrail.ports.runtimes import Lease, Parked

_KEEP_DAYS = 400
"""After so long DynamoDB deletes items of runtimes long gone. Of one that is there nothing may be lost: its fence makes
the names of records, and a name that comes twice is written once."""

_TRIES = 5
"""At a window that others write at the same time; so many functions never run at once."""

_CURSOR, _PARKED = "sweep#cursor", "parked#"
_INDEX, _BUCKET = "parked", {"S": "bucket"}


class StateGateway:
    """State in DynamoDB.

    A runtime's item: `id` (key), the history's attributes (`history_item.py`), `lease_until` (epoch seconds, absent
    when free), `fence` (grows with every lease), `opened` (name of a change of which nobody knows the end),
    `expires_at` (time to live, for cleaning up only). Beside them `budget#…`, `window#…`, `sweep#cursor`, and records
    that the bucket refused: `parked#<key>`, which `waits_for` and `decided_at` put into the index `parked`.
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

    def admit(self, what: str, slot: Slot, breaker: Breaker) -> Admission:
        for version, slots in self._looks_at_window(what):
            admission = breaker.admits(slots, slot)
            if admission is not Admission.ADMITTED:
                return admission
            if self._write_window(what, slot.at, (*breaker.counted(slots, slot.at), slot), version):
                break
        return Admission.ADMITTED

    def give_back(self, what: str, slot: Slot) -> None:
        for version, slots in self._looks_at_window(what):
            left = [each for each in slots if each != slot]
            if len(left) == len(slots) or self._write_window(what, slot.at, left, version):
                return

    def _looks_at_window(self, what: str) -> Iterator[tuple[int, tuple[Slot, ...]]]:
        """Read it as often as others write it in between, within reason."""
        for _ in range(_TRIES):
            item = self._table.get(f"window#{what}")
            stored = json.loads(item.get("slots", {"S": "[]"})["S"])
            slots = tuple(Slot(datetime.fromisoformat(at), subject) for at, subject in stored)
            yield int(item.get("version", {"N": "0"})["N"]), slots
        raise GatewayError("dynamodb:UpdateItem", f"window {what} was written by others all the time", retryable=True)

    def _write_window(self, what: str, now: datetime, slots: Iterable[Slot], version: int) -> bool:
        values = {
            ":slots": {"S": json.dumps([(slot.at.isoformat(), slot.subject) for slot in slots])},
            ":next": number(version + 1),
            ":version": number(version),
            ":expires": number((now + timedelta(days=_KEEP_DAYS)).timestamp()),
        }
        update = "SET slots = :slots, version = :next, expires_at = :expires"
        condition = "attribute_not_exists(version) OR version = :version"
        return self._table.update(f"window#{what}", update, values, condition=condition) is not None

    def park(self, record: EvidenceRecord) -> str:
        """Write the record, and what makes it found, at once: there is nothing between the two."""
        values = {
            ":body": {"B": compress(canonical_json(record.document()))},
            ":bucket": _BUCKET,
            ":at": {"S": record.at.isoformat()},
        }
        update = "SET body = :body, waits_for = :bucket, decided_at = :at"
        self._table.update(_PARKED + record.key, update, values, condition="attribute_not_exists(body)")
        return f"dynamodb://{self._name}/{_PARKED}{record.key}"

    def parked(self, most: int) -> Parked:
        found, count = self._table.indexed(_INDEX, "waits_for", _BUCKET, most)
        return Parked(tuple(each.removeprefix(_PARKED) for each in found), count)

    def unpark(self, key: str, store: Callable[[str, bytes], str]) -> None:
        """Forget the item only once the bucket has an object of that key: it keeps the first, so none is changed."""
        item = self._table.get(_PARKED + key)
        if "body" in item:
            store(key, decompress(item["body"]["B"]))
            self._table.delete(_PARKED + key)

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
