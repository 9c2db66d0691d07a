"""One deployed guardrail for all end-to-end tests; each works on runtimes of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from guardrail_lab.cloud import LocalCloud
from guardrail_lab.deployment import LAB_ZONE, Outputs
from guardrail_lab.developer import Developer
from guardrail_lab.evidence_room import read_evidence
from guardrail_lab.listener import Listener
from tests import patience
from tests.assembly import responding_assembly
from tests.end_to_end.deploy import deploy

_NAMES = count(1)


@dataclass(frozen=True)
class Guarded:
    """A cloud with the guardrail on it, and who works there."""

    cloud: LocalCloud
    outputs: Outputs
    listener: Listener
    developer: Developer

    def wait(self, runtime_id: str, compliance: str) -> dict[str, Any]:
        return self.wait_for(runtime_id, lambda verdict: bool(verdict["compliance"] == compliance))

    def wait_for(self, runtime_id: str, matches: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        return self.listener.wait_for(runtime_id, matches, seconds=patience.SECONDS)

    def evidence(self, subject: str) -> list[dict[str, Any]]:
        records = read_evidence(self.cloud, self.outputs.evidence_bucket)
        return [record for record in records if record["subject"] == subject]

    def dead_letters(self) -> list[dict[str, Any]]:
        answer = self.cloud.client("sqs").receive_message(
            QueueUrl=self.outputs.dead_letter_queue_url,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            VisibilityTimeout=0,
        )
        return answer.get("Messages", [])

    def put_on_queue(self, body: str) -> None:
        self.cloud.client("sqs").send_message(QueueUrl=self.outputs.looks_queue_url, MessageBody=body)

    def queues_are_done(self) -> bool:
        """Whether every message has been handled to its end."""
        left = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        sqs = self.cloud.client("sqs")
        asked = [
            sqs.get_queue_attributes(QueueUrl=url, AttributeNames=left)["Attributes"]
            for url in (self.outputs.events_queue_url, self.outputs.looks_queue_url)
        ]
        return not any(int(number) for attributes in asked for number in attributes.values())

    def log_text(self) -> str:
        """Everything that the functions logged."""
        logs = self.cloud.client("logs")
        groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
        events = (event for group in groups for event in logs.filter_log_events(logGroupName=group)["events"])
        return "\n".join(event["message"] for event in events)


def guarded(cloud: LocalCloud, directory: Path | None = None) -> Guarded:
    outputs = deploy(cloud, directory)
    return Guarded(cloud, outputs, Listener(cloud, outputs), Developer(cloud, LAB_ZONE))


@pytest.fixture(scope="session")
def deployed() -> Iterator[Guarded]:
    with LocalCloud(settle_seconds=0) as cloud:
        yield guarded(cloud)


@pytest.fixture(scope="session")
def deployed_with_iam() -> Iterator[Guarded]:
    """The same where every call is evaluated against the caller's policies."""
    with LocalCloud(auth=True, settle_seconds=0) as cloud:
        yield guarded(cloud)


@pytest.fixture(scope="session")
def responding() -> Iterator[Guarded]:
    """One in REPAIR, where every call is evaluated against the caller's policies."""
    with LocalCloud(auth=True) as cloud:
        yield guarded(cloud, responding_assembly())


@pytest.fixture(autouse=True)
def everything_works_again(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "deployed" in request.fixturenames:
        request.getfixturevalue("deployed").cloud.clear_faults()


@pytest.fixture
def name() -> str:
    return f"agent_{next(_NAMES)}"
