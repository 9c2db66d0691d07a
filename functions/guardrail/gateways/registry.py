"""What is remembered of a controller, the registry of its rules included: one compressed item of the state table."""

import json
from collections.abc import Callable
from zlib import compress, decompress
from zlib import error as ZlibError  # noqa: N812  an exception, whatever zlib calls it

from guardrail.core.errors import GatewayError, InvalidInput
from guardrail.core.firewall.memory import FirewallMemory, parse_memory
from guardrail.gateways.aws import Client
from guardrail.gateways.table import Table, number
from guardrail.ports.firewall import Remembered


class FirewallMemoryGateway:
    """Memory in DynamoDB. An item: `id` (`firewall#<controller>`), `revision` (grows by one), `memory` (JSON)."""

    def __init__(self, clients: Callable[[str], Client], table: str, controller: str) -> None:
        self._table, self._key = Table(clients, table), f"firewall#{controller}"

    def read(self) -> Remembered:
        item = self._table.get(self._key)
        if not item:
            return Remembered(FirewallMemory(), 0)
        try:
            document = json.loads(decompress(item["memory"]["B"]))
            return Remembered(parse_memory(document), int(item["revision"]["N"]))
        except (KeyError, TypeError, ValueError, ZlibError):
            raise InvalidInput("item of the firewall's state table", "what this version wrote") from None

    def save(self, before: Remembered, memory: FirewallMemory) -> Remembered:
        packed = compress(json.dumps(memory.document(), sort_keys=True, separators=(",", ":")).encode())
        revision, known = before.revision + 1, before.revision > 0
        written = self._table.update(
            self._key,
            "SET memory = :memory, revision = :revision",
            {":memory": {"B": packed}, ":revision": number(revision)}
            | ({":before": number(before.revision)} if known else {}),
            condition="revision = :before" if known else "attribute_not_exists(revision)",
        )
        if written is None:
            raise GatewayError("dynamodb:UpdateItem", "another run wrote first", retryable=True)
        return Remembered(memory, revision)
