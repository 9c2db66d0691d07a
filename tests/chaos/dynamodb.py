"""DynamoDB in memory, as far as our tables need it: conditions are decided, what is not understood is an error."""

# ruff: noqa: N803  the names are the SDK's

import operator
import re
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

Item = dict[str, Any]

_CLAUSE = re.compile(r"\b(SET|REMOVE|ADD|DELETE)\b")
_EXISTS = re.compile(r"attribute_(not_)?exists\((\S+?)\)")
_COMPARED = re.compile(r"(\S+) (=|<=|<|>=|>) (:\w+)")
_COMPARE = {"=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_KEYS = {("kind", ""): ("kind", "name"), ("waits_for", "parked"): ("waits_for", "decided_at", "id")}

PAGE = 5_000
"""Items that one Query reads at most; AWS says 1 MB, which is about as many of the index's."""


class DynamoDB:
    """A client and its tables."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[tuple[str, ...], Item]] = {}

    def get_item(self, *, TableName: str, Key: Item, ConsistentRead: bool) -> Any:
        if not ConsistentRead:
            raise AssertionError("an eventually consistent read")
        found = self._table(TableName).get(_key(Key))
        return {} if found is None else {"Item": dict(found)}

    def put_item(self, *, TableName: str, Item: Item) -> Any:
        self._table(TableName)[_key({name: Item[name] for name in ("id", "kind", "name") if name in Item})] = Item
        return {}

    def delete_item(self, *, TableName: str, Key: Item) -> Any:
        self._table(TableName).pop(_key(Key), None)
        return {}

    def query(
        self,
        *,
        TableName: str,
        KeyConditionExpression: str,
        ExpressionAttributeValues: Mapping[str, Any],
        IndexName: str = "",
        ConsistentRead: bool = False,
        Limit: int = PAGE,
        Select: str = "",
        ExclusiveStartKey: Item | None = None,
    ) -> Any:
        if ConsistentRead == bool(IndexName):
            raise AssertionError("a table that is not read consistently, or an index that is")
        partition, wanted = KeyConditionExpression.split(" = ")
        keys, value = _KEYS[partition, IndexName], ExpressionAttributeValues[wanted]
        items = [item for item in self._table(TableName).values() if item.get(partition) == value]
        found = {_place(item, keys): item for item in items if all(key in item for key in keys)}
        begin = ("",) if ExclusiveStartKey is None else _place(ExclusiveStartKey, keys)
        places = [place for place in sorted(found) if place > begin][: min(Limit, PAGE)]
        read = [{key: found[place][key] for key in keys} if IndexName else dict(found[place]) for place in places]
        answer: Item = {"Count": len(read)} if Select == "COUNT" else {"Count": len(read), "Items": read}
        if len(read) == min(Limit, PAGE):  # as DynamoDB answers, which does not look whether more follow
            answer["LastEvaluatedKey"] = {key: found[places[-1]][key] for key in keys}
        return answer

    def update_item(
        self,
        *,
        TableName: str,
        Key: Item,
        UpdateExpression: str,
        ExpressionAttributeValues: Mapping[str, Any],
        ReturnValues: str,
        ConditionExpression: str = "",
        ExpressionAttributeNames: Mapping[str, str] | None = None,
    ) -> Any:
        table, values = self._table(TableName), ExpressionAttributeValues
        update, condition = UpdateExpression, ConditionExpression
        for name, real in (ExpressionAttributeNames or {}).items():
            update, condition = update.replace(name, real), condition.replace(name, real)
        item = table.get(_key(Key), dict(Key))
        if condition and not _holds(condition, item, values):
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}, "UpdateItem")
        table[_key(Key)] = changed = _updated(update, item, values)
        return {"Attributes": dict(changed)} if ReturnValues == "ALL_NEW" else {}

    def _table(self, name: str) -> dict[tuple[str, ...], Item]:
        return self.tables.setdefault(name, {})


def _key(key: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(value["S"] for value in key.values())


def _holds(condition: str, item: Item, values: Mapping[str, Any]) -> bool:
    return any(all(_term(term, item, values) for term in each.split(" AND ")) for each in condition.split(" OR "))


def _term(term: str, item: Item, values: Mapping[str, Any]) -> bool:
    if found := _EXISTS.fullmatch(term.strip()):
        return (found[2] in item) != bool(found[1])
    compared = _COMPARED.fullmatch(term.strip())
    if compared is None:
        raise AssertionError(f"a condition that the chaos suite does not know: {term}")
    name, how, value = compared.groups()
    return name in item and bool(_COMPARE[how](_plain(item[name]), _plain(values[value])))


def _plain(value: Mapping[str, Any]) -> Any:
    (kind, content), *_ = value.items()
    return float(content) if kind == "N" else content


def _updated(update: str, item: Item, values: Mapping[str, Any]) -> Item:
    parts = _CLAUSE.split(update)[1:]
    changed = dict(item)
    for clause, body in zip(parts[::2], parts[1::2], strict=True):
        for action in body.split(","):
            _apply(clause, action.strip(), changed, values)
    return changed


def _apply(clause: str, action: str, item: Item, values: Mapping[str, Any]) -> None:
    if clause == "REMOVE":
        item.pop(action, None)
    elif clause == "SET":
        name, value = action.split(" = ")
        item[name] = values[value]
    elif clause == "ADD":
        name, value = action.split()
        item[name] = {"N": str(int(item.get(name, {"N": "0"})["N"]) + int(values[value]["N"]))}
    else:
        raise AssertionError(f"an update that the chaos suite does not know: {clause}")


def _place(item: Mapping[str, Any], keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(item[key]["S"] for key in keys)
