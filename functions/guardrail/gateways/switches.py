"""The table of switches and exemptions, as the loops read it; writing it is for one function only."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.exemption import Exemptions, kept_exemptions
from guardrail.core.switch import Scope, is_engaged, parse_state
from guardrail.gateways.aws import Client, failures_of
from guardrail.ports.shared import Clock

SWITCH, EXEMPTION = "switch", "exemption"


class SwitchesReader:
    """Switches in DynamoDB, read consistently and anew each time. Needs `dynamodb:Query` on the table.

    An item: `kind` (partition key: switch or exemption), `name` (sort key), `state` and `version` of a switch, `body`
    (JSON): what else is known of the switch, or the exemption's document.
    """

    def __init__(self, clients: Callable[[str], Client], table: str, clock: Clock) -> None:
        self._clients, self._table, self._clock = clients, table, clock

    def engaged(self, scope: Scope) -> bool:
        return is_engaged(scope, {item["name"]["S"]: parse_state(_text(item, "state")) for item in self.items(SWITCH)})

    def exemptions(self) -> Exemptions:
        return kept_exemptions(
            {item["name"]["S"]: _text(item, "body") for item in self.items(EXEMPTION)}, self._clock()
        )

    def items(self, kind: str) -> Iterator[dict[str, Any]]:
        """Return all items of a kind; there are few, so that a page nearly always holds them."""
        asked: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "kind = :kind",
            "ExpressionAttributeValues": {":kind": {"S": kind}},
            "ConsistentRead": True,
        }
        while True:
            with failures_of("dynamodb:Query"):
                answer = self._clients("dynamodb").query(**asked)
                found = answer["Items"]
            yield from found
            if not answer.get("LastEvaluatedKey"):
                return
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def body_of(item: dict[str, Any]) -> Any:
    """Return what is kept as JSON.

    Raises:
        InvalidInput: It is none: somebody else wrote it.
    """
    try:
        return json.loads(_text(item, "body") or "")
    except ValueError:
        raise InvalidInput("item of the table of switches", "a body in JSON; nothing was changed") from None


def _text(item: dict[str, Any], name: str) -> str | None:
    value: str | None = item.get(name, {}).get("S")
    return value
