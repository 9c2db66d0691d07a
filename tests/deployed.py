"""What the functions find in a real account: table, queues, bucket, bus, topic, and their own environment."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from aws_lambda_powertools import Logger

from tests.builders import Json, zone_document
from tests.state_table import SCHEMA

CONTEXT = SimpleNamespace(
    function_name="function",
    memory_limit_in_mb=256,
    invoked_function_arn="arn:aws:lambda:us-east-1:111122223333:function:function",
    aws_request_id="52fdfc07-2182-454f-963f-5f0f9a621d72",
    get_remaining_time_in_millis=lambda: 60_000,
)


@dataclass(frozen=True)
class Deployed:
    """What the stack made."""

    clients: Callable[[str], Any]
    events_url: str
    looks_url: str
    dead_letter_url: str
    mail_url: str
    topic_arn: str

    def environment(self) -> dict[str, str]:
        return {
            "LANDING_ZONE": json.dumps(zone_document()),
            "RESPONSE_MODE": "OBSERVE",
            "RESPONSE": "{}",
            "ROLE_ARN": "arn:aws:iam::111122223333:role/agentcore-guardrail/VerifyRuntimeRole",
            "SWITCHES_TABLE": "switches",
            "STATE_TABLE": "state",
            "EVENTS_QUEUE_URL": self.events_url,
            "LOOKS_QUEUE_URL": self.looks_url,
            "DEAD_LETTER_QUEUE_URL": self.dead_letter_url,
            "EVIDENCE_BUCKET": "evidence",
            "EVENT_BUS": "findings",
            "TOPIC_ARN": self.topic_arn,
        }

    def messages(self, url: str) -> list[Json]:
        """The messages of a queue that can be received now."""
        asked = {"QueueUrl": url, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]}
        found: list[Json] = []
        while batch := self.clients("sqs").receive_message(**asked).get("Messages"):
            found += batch
        return found

    def delayed(self, url: str) -> int:
        """How many messages of a queue cannot be received yet."""
        asked = "ApproximateNumberOfMessagesDelayed"
        answer = self.clients("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[asked])
        return int(answer["Attributes"][asked])

    def mails(self) -> list[str]:
        return [json.loads(message["Body"])["Message"] for message in self.messages(self.mail_url)]

    def evidence(self) -> dict[str, str]:
        s3 = self.clients("s3")
        keys = [item["Key"] for item in s3.list_objects_v2(Bucket="evidence").get("Contents", [])]
        return {key: s3.get_object(Bucket="evidence", Key=key)["Body"].read().decode() for key in keys}

    def state(self) -> list[Json]:
        items: list[Json] = self.clients("dynamodb").scan(TableName="state")["Items"]
        return items


def deploy(clients: Callable[[str], Any]) -> Deployed:
    """Make in an empty account what the stack would."""
    clients("dynamodb").create_table(TableName="state", **SCHEMA)
    names = ("kind", "name")
    clients("dynamodb").create_table(
        TableName="switches",
        KeySchema=[{"AttributeName": n, "KeyType": t} for n, t in zip(names, ("HASH", "RANGE"), strict=True)],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        BillingMode="PAY_PER_REQUEST",
    )
    clients("s3").create_bucket(Bucket="evidence")
    clients("events").create_event_bus(Name="findings")
    topic: str = clients("sns").create_topic(Name="findings")["TopicArn"]
    events, looks, dead, mail = (
        clients("sqs").create_queue(QueueName=name)["QueueUrl"] for name in ("events", "looks", "dead", "mail")
    )
    attributes = clients("sqs").get_queue_attributes(QueueUrl=mail, AttributeNames=["QueueArn"])["Attributes"]
    clients("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=attributes["QueueArn"])
    return Deployed(clients, events, looks, dead, mail, topic)


def log_lines(logger: Logger) -> Iterator[Callable[[], list[Json]]]:
    """For a fixture: what a function logs meanwhile, line by line."""
    stream = io.StringIO()
    before = logger.registered_handler.setStream(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.registered_handler.setStream(before)
