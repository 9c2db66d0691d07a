"""The other AWS services in memory: a bucket that keeps, queues with visibility and dead letters, a bus and a topic."""

# ruff: noqa: N803  the names are the SDK's

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from botocore.exceptions import ClientError

VISIBILITY_SECONDS = 360
MAX_RECEIVES = 5


@dataclass
class Bucket:
    """S3 as far as evidence needs it: If-None-Match, and times when it takes nothing."""

    objects: dict[str, bytes] = field(default_factory=dict)
    closed: bool = False

    def put_object(self, *, Key: str, Body: bytes, IfNoneMatch: str, **_: Any) -> Any:
        if self.closed:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "PutObject")
        if Key in self.objects:
            raise ClientError({"Error": {"Code": "PreconditionFailed", "Message": ""}}, "PutObject")
        self.objects[Key] = Body
        return {}


@dataclass
class Message:
    """One message of a queue."""

    id: int
    body: str
    visible_at: float
    receives: int = 0


@dataclass
class Queues:
    """SQS: the queue of looks, and its dead letters. `arrived` is told when a message can be received."""

    now: Callable[[], float]
    arrived: Callable[[float], object]
    waiting: dict[int, Message] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)
    _ids: Any = field(default_factory=count)

    def put(self, body: str, delay: float) -> None:
        message = Message(next(self._ids), body, self.now() + delay)
        self.waiting[message.id] = message
        self.arrived(message.visible_at)

    def receive(self, most: int) -> list[Message]:
        """Take messages; each comes back after the visibility timeout unless it is deleted."""
        taken = []
        for message in list(self.waiting.values()):
            if message.visible_at > self.now() or len(taken) == most:
                continue
            if message.receives >= MAX_RECEIVES:
                self.dead.append(self.waiting.pop(message.id).body)
                continue
            message.receives += 1
            message.visible_at = self.now() + VISIBILITY_SECONDS
            self.arrived(message.visible_at)
            taken.append(message)
        return taken

    def delete(self, message: Message) -> None:
        self.waiting.pop(message.id, None)

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> Any:
        for entry in Entries:
            if not 0 <= entry["DelaySeconds"] <= 900:
                raise ClientError({"Error": {"Code": "InvalidParameterValue", "Message": ""}}, "SendMessageBatch")
            self.put(entry["MessageBody"], entry["DelaySeconds"])
        return {"Successful": Entries}

    def send_message(self, *, QueueUrl: str, MessageBody: str, **_: Any) -> Any:
        self.dead.append(MessageBody)
        return {}

    def get_queue_attributes(self, **_: Any) -> Any:
        return {"Attributes": {"ApproximateNumberOfMessages": str(len(self.waiting))}}


@dataclass
class Told:
    """The bus and the topic: who was told what."""

    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)

    def put_events(self, *, Entries: list[dict[str, Any]]) -> Any:
        self.events += [(entry["DetailType"], json.loads(entry["Detail"])) for entry in Entries]
        return {"FailedEntryCount": 0, "Entries": [{}]}

    def publish(self, *, Subject: str, Message: str, **_: Any) -> Any:
        self.pages.append(f"{Subject}\n{Message}")
        return {}
