"""The state table: one item per runtime with its history and its lease, and a few counters."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zlib import compress, decompress

from botocore.exceptions import ClientError

from guardrail.core.errors import GatewayError
from guardrail.core.runtimes.history import DormantVersions, History
from guardrail.gateways.aws import Client, error_code, failures_of
from guardrail.ports import Lease

_CONDITION_FAILED = "ConditionalCheckFailedException"
_KEEP_DAYS = 400
"""Items that nothing touches for so long are deleted by DynamoDB: runtimes long gone."""


class StateGateway:
    """State in DynamoDB.

    An item: `id` (key), `digest`, `compliance`, `sequence`, `dormant` (compressed JSON), `lease_until` (epoch seconds,
    absent when free), `fence` (grows with every lease), `expires_at` (time to live, for cleaning up only).
    """

    def __init__(self, clients: Callable[[str], Client], table: str) -> None:
        self._client = clients("dynamodb")
        self._table = table

    def history(self, runtime_id: str) -> History:
        with failures_of("dynamodb:GetItem"):
            answer = self._client.get_item(TableName=self._table, Key=_runtime_key(runtime_id), ConsistentRead=True)
        return _history(answer.get("Item", {}))

    def lease(self, runtime_id: str, now: datetime, seconds: int) -> Lease | None:
        taken = self._update(
            _runtime_key(runtime_id),
            "SET lease_until = :until, expires_at = :expires ADD fence :one",
            "attribute_not_exists(lease_until) OR lease_until < :now",
            {
                ":until": _number(now.timestamp() + seconds),
                ":expires": _number((now + timedelta(days=_KEEP_DAYS)).timestamp()),
                ":now": _number(now.timestamp()),
                ":one": _number(1),
            },
        )
        return None if taken is None else Lease(runtime_id, int(taken["fence"]["N"]), _history(taken))

    def commit(self, lease: Lease, history: History) -> None:
        self._give_back(
            lease,
            "SET digest = :digest, compliance = :compliance, #sequence = :sequence, dormant = :dormant ",
            {
                ":digest": {"S": history.digest},
                ":compliance": {"S": history.compliance},
                ":sequence": _number(history.sequence),
                ":dormant": {"B": _packed(history.dormant)},
            },
            {"#sequence": "sequence"},
        )

    def release(self, lease: Lease) -> None:
        self._give_back(lease, "", {}, None)

    def _give_back(self, lease: Lease, update: str, values: dict[str, Any], names: dict[str, str] | None) -> None:
        """Write and free the lease, unless somebody took it over in the meantime."""
        key, fence = _runtime_key(lease.runtime_id), {":fence": _number(lease.fence)}
        if self._update(key, update + "REMOVE lease_until", "fence = :fence", values | fence, names) is None:
            raise GatewayError("dynamodb:UpdateItem", "the lease was taken over", retryable=True)

    def spend(self, budget: str, wanted: int, limit: int) -> int:
        key = {"id": {"S": f"budget#{budget}"}}
        with failures_of("dynamodb:GetItem"):
            item = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item", {})
        granted = min(wanted, limit - int(item.get("spent", {"N": "0"})["N"]))
        if granted <= 0:
            return 0
        values = {":granted": _number(granted), ":left": _number(limit - granted)}
        spent = self._update(key, "ADD spent :granted", "attribute_not_exists(spent) OR spent <= :left", values)
        return 0 if spent is None else granted

    def cursor(self) -> str | None:
        with failures_of("dynamodb:GetItem"):
            answer = self._client.get_item(TableName=self._table, Key=_CURSOR_KEY, ConsistentRead=True)
        text: str = answer.get("Item", {}).get("next_token", {"S": ""})["S"]
        return text or None

    def save_cursor(self, cursor: str | None) -> None:
        with failures_of("dynamodb:PutItem"):
            self._client.put_item(TableName=self._table, Item={**_CURSOR_KEY, "next_token": {"S": cursor or ""}})

    def _update(
        self, key: Any, update: str, condition: str, values: dict[str, Any], names: dict[str, str] | None = None
    ) -> dict[str, Any] | None:
        """The new item, or None when the condition does not hold."""
        with failures_of("dynamodb:UpdateItem"):
            try:
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=key,
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeValues=values,
                    ReturnValues="ALL_NEW",
                    **({"ExpressionAttributeNames": names} if names else {}),
                )
            except ClientError as error:
                if error_code(error) != _CONDITION_FAILED:
                    raise
                return None
            attributes: dict[str, Any] = answer["Attributes"]
            return attributes


_CURSOR_KEY = {"id": {"S": "sweep#cursor"}}


def _runtime_key(runtime_id: str) -> dict[str, Any]:
    return {"id": {"S": f"runtime#{runtime_id}"}}


def _number(value: float) -> dict[str, str]:
    return {"N": str(int(value))}


def _history(item: dict[str, Any]) -> History:
    if "digest" not in item:
        return History()
    return History(
        digest=item["digest"]["S"],
        compliance=item["compliance"]["S"],
        sequence=int(item["sequence"]["N"]),
        dormant=_unpacked(item["dormant"]["B"]),
    )


def _packed(dormant: DormantVersions) -> bytes:
    """Compressed, because a thousand versions with 32 ids each would not fit into the 400 KB of an item."""
    foreign = {str(number): answer for number, answer in dormant.foreign.items()}
    document = {"read": sorted(dormant.read), "foreign": foreign, "zone": dormant.zone}
    return compress(json.dumps(document, sort_keys=True).encode())


def _unpacked(packed: bytes) -> DormantVersions:
    stored = json.loads(decompress(packed))
    foreign = {int(number): answer for number, answer in stored["foreign"].items()}
    return DormantVersions(frozenset(stored["read"]), foreign, stored["zone"])
