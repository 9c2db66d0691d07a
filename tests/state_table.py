"""The state table's keys and index, for every table that a test makes; the stack's own is compared with them."""

from typing import Any

SCHEMA: dict[str, Any] = {
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"} for name in ("id", "waits_for", "decided_at")
    ],
    "BillingMode": "PAY_PER_REQUEST",
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "parked",
            "KeySchema": [
                {"AttributeName": "waits_for", "KeyType": "HASH"},
                {"AttributeName": "decided_at", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
}
