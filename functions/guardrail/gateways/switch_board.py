"""The table of switches and exemptions, as its one writer has it."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from guardrail.core.errors import InvalidInput
from guardrail.core.switch_record import SwitchRecord, parse_record
from guardrail.gateways.aws import Client, error_code, failures_of
from guardrail.gateways.switches import EXEMPTION, SWITCH, SwitchesReader, body_of
from guardrail.ports.shared import Clock

_CONDITION_FAILED = "ConditionalCheckFailedException"


class SwitchBoardGateway:
    """Switches in DynamoDB, each write conditional on the version that was read. Its items: see SwitchesReader."""

    def __init__(self, clients: Callable[[str], Client], table: str, clock: Clock) -> None:
        self._clients, self._table = clients, table
        self._reader = SwitchesReader(clients, table, clock)

    def records(self) -> tuple[SwitchRecord, ...]:
        return tuple(_record(item) for item in self._reader.items(SWITCH))

    def write(self, record: SwitchRecord) -> SwitchRecord | None:
        following = replace(record, version=record.version + 1)
        attributes = {
            "state": {"S": following.state.value},
            "version": {"N": str(following.version)},
            "body": {"S": json.dumps(following.body(), sort_keys=True)},
        }
        written = self._put(SWITCH, record.name, attributes, version=record.version)
        return following if written else None

    def exemptions(self) -> Mapping[str, Mapping[str, Any]]:
        return {item["name"]["S"]: _exemption(item) for item in self._reader.items(EXEMPTION)}

    def grant(self, document: Mapping[str, Any]) -> bool:
        attributes = {"body": {"S": json.dumps(document, sort_keys=True)}}
        return self._put(EXEMPTION, str(document["id"]), attributes, version=0)

    def revoke(self, exemption_id: str) -> None:
        key = {"kind": {"S": EXEMPTION}, "name": {"S": exemption_id}}
        with failures_of("dynamodb:DeleteItem"):
            self._clients("dynamodb").delete_item(TableName=self._table, Key=key)

    def _put(self, kind: str, name: str, attributes: dict[str, Any], *, version: int) -> bool:
        """Write the whole item; return False unless it has that version, or is not there for version 0."""
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(kind)"}
        if version:
            condition = {
                "ConditionExpression": "#version = :version",
                "ExpressionAttributeNames": {"#version": "version"},
                "ExpressionAttributeValues": {":version": {"N": str(version)}},
            }
        item = {"kind": {"S": kind}, "name": {"S": name}, **attributes}
        with failures_of("dynamodb:PutItem"):
            try:
                self._clients("dynamodb").put_item(TableName=self._table, Item=item, **condition)
            except ClientError as error:
                if error_code(error) != _CONDITION_FAILED:
                    raise
                return False
        return True


def _record(item: dict[str, Any]) -> SwitchRecord:
    version = int(item.get("version", {}).get("N", "0"))
    return parse_record(item["name"]["S"], item.get("state", {}).get("S"), version, body_of(item))


def _exemption(item: dict[str, Any]) -> dict[str, Any]:
    """Its document, or of one that is of no known form the id, by which it can be revoked."""
    with suppress(InvalidInput):
        body = body_of(item)
        if isinstance(body, dict) and "id" in body:
            return body
    return {"id": item["name"]["S"]}
