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
_ONCE = re.compile(r"if_not_exists\((\w+), (:\w+)\)")


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

    def query(self, *, TableName: str, ExpressionAttributeValues: Mapping[str, Any], **_: Any) -> Any:
        kind = ExpressionAttributeValues[":kind"]
        return {"Items": [dict(item) for item in self._table(TableName).values() if item["kind"] == kind]}

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
        for action in re.split(r",\s*(?![^(]*\))", body.strip()):
            _apply(clause, action.strip(), changed, values)
    return changed


def _apply(clause: str, action: str, item: Item, values: Mapping[str, Any]) -> None:
    if clause == "REMOVE":
        item.pop(action, None)
    elif clause == "SET":
        name, value = action.split(" = ")
        if once := _ONCE.fullmatch(value):
            item.setdefault(once[1], values[once[2]])
        else:
            item[name] = values[value]
    else:
        name, value = action.split()
        _combine(clause, name, values[value], item)


def _combine(clause: str, name: str, value: Mapping[str, Any], item: Item) -> None:
    if "N" in value:
        item[name] = {"N": str(int(item.get(name, {"N": "0"})["N"]) + int(value["N"]))}
        return
    present = set(item.get(name, {"SS": []})["SS"])
    left = present | set(value["SS"]) if clause == "ADD" else present - set(value["SS"])
    item.pop(name, None)
    if left:
        item[name] = {"SS": sorted(left)}
