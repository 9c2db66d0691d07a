"""One DynamoDB table, item by item: consistent reads, writes with or without a condition; and an index."""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from guardrail.gateways.aws import Client, error_code, failures_of

_CONDITION_FAILED = "ConditionalCheckFailedException"
Item = dict[str, Any]


class Table:
    """A table whose partition key is `id`; the client comes on first use."""

    def __init__(self, clients: Callable[[str], Client], table: str) -> None:
        self._clients = clients
        self._table = table

    def get(self, key: str) -> Item:
        """Return the item, {} when there is none."""
        with failures_of("dynamodb:GetItem"):
            answer = self._client().get_item(TableName=self._table, Key=_key(key), ConsistentRead=True)
        found: Item = answer.get("Item", {})
        return found

    def indexed(self, index: str, attribute: str, value: Item, most: int) -> tuple[list[str], int]:
        """Return the ids of the first items of an index with this value, up to `most`, and how many there are.

        An index follows its table within about a second: what is found may be gone, and what is new may be missing.
        """
        asked: Item = {
            "TableName": self._table,
            "IndexName": index,
            "KeyConditionExpression": f"{attribute} = :value",
            "ExpressionAttributeValues": {":value": value},
        }
        with failures_of("dynamodb:Query"):
            page = self._client().query(**asked, Limit=most)
            found = [item["id"]["S"] for item in page["Items"]]
            count = len(found)
            while last := page.get("LastEvaluatedKey"):
                page = self._client().query(**asked, Select="COUNT", ExclusiveStartKey=last)
                count += page["Count"]
        return found, count

    def put(self, key: str, attributes: Mapping[str, Any]) -> None:
        """Write the whole item."""
        with failures_of("dynamodb:PutItem"):
            self._client().put_item(TableName=self._table, Item={**_key(key), **attributes})

    def delete(self, key: str) -> None:
        """Delete the item, if there is one."""
        with failures_of("dynamodb:DeleteItem"):
            self._client().delete_item(TableName=self._table, Key=_key(key))

    def update(
        self,
        key: str,
        update: str,
        values: Mapping[str, Any],
        *,
        condition: str = "",
        names: dict[str, str] | None = None,
    ) -> Item | None:
        """Update the item and return it as it is then, or None when the condition does not hold."""
        optional = {"ConditionExpression": condition, "ExpressionAttributeNames": names}
        with failures_of("dynamodb:UpdateItem"):
            try:
                answer = self._client().update_item(
                    TableName=self._table,
                    Key=_key(key),
                    UpdateExpression=update,
                    ExpressionAttributeValues=values,
                    ReturnValues="ALL_NEW",
                    **{name: value for name, value in optional.items() if value},
                )
            except ClientError as error:
                if error_code(error) != _CONDITION_FAILED:
                    raise
                return None
            attributes: Item = answer["Attributes"]
            return attributes

    def _client(self) -> Client:
        return self._clients("dynamodb")


def number(value: float) -> dict[str, str]:
    """Return a whole number as DynamoDB takes it."""
    return {"N": str(int(value))}


def _key(key: str) -> Item:
    return {"id": {"S": key}}
