"""CloudTrail and EventBridge: an event for every write, sooner or later, twice, never, and in no order."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from random import Random
from typing import Any

from botocore.model import OperationModel

from guardrail_lab.agentcore.model import redacted
from tests.builders import ACCOUNT, REGION
from tests.chaos.loop import Loop

RULE = frozenset(
    f"{verb}{noun}"
    for noun in ("AgentRuntime", "AgentRuntimeEndpoint", "Harness")
    for verb in ("Create", "Update", "Delete")
) | {"PutResourcePolicy", "DeleteResourcePolicy"}
"""What the rule lets through; contracts/agentcore.md §3.2."""


@dataclass
class Trail:
    """Where the events of one account go.

    Attributes:
        lost: Probability that nobody ever hears of a call; `doubled`, that somebody hears of it twice.
        latest: Seconds that an event takes at most.
    """

    loop: Loop
    chance: Random
    lost: float = 0.0
    doubled: float = 0.0
    latest: float = 20.0

    def __post_init__(self) -> None:
        self.targets: list[Callable[[str], object]] = []
        self._numbers = count(1)

    def record(
        self, operation: OperationModel, caller: str, parameters: dict[str, Any], answer: dict[str, Any]
    ) -> None:
        """Deliver the event of a call that succeeded, a repeated one with the same clientToken too."""
        if operation.name not in RULE or self.chance.random() < self.lost:
            return
        body = json.dumps(self._event(operation, caller, parameters, answer))
        for _ in range(2 if self.chance.random() < self.doubled else 1):
            for target in self.targets:
                self.loop.at(self.loop.clock.now + 0.5 + self.chance.random() * self.latest, lambda to=target: to(body))

    def _event(self, operation: OperationModel, caller: str, parameters: Any, answer: Any) -> dict[str, Any]:
        now = datetime.fromtimestamp(self.loop.clock.now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "source": "aws.bedrock-agentcore",
            "detail-type": "AWS API Call via CloudTrail",
            "account": ACCOUNT,
            "region": REGION,
            "detail": {
                "eventSource": "bedrock-agentcore.amazonaws.com",
                "eventName": operation.name,
                "eventTime": now,
                "eventID": f"event-{next(self._numbers)}",
                "userIdentity": {"type": "AssumedRole", "arn": caller},
                "requestParameters": redacted(operation.input_shape, parameters),
                "responseElements": redacted(operation.output_shape, answer) if answer else None,
            },
        }
