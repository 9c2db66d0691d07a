"""Where a function records what it did, and tells people."""

from dataclasses import dataclass

from aws_cdk import aws_events

from stacks.constructs.alerts_topic import AlertsTopic
from stacks.constructs.evidence_bucket import EvidenceBucket
from stacks.constructs.grants import Permission


@dataclass(frozen=True, slots=True)
class Told:
    """A stack's bucket, bus and topic."""

    evidence: EvidenceBucket
    bus: aws_events.IEventBus
    alerts: AlertsTopic

    def permissions(self) -> tuple[Permission, ...]:
        """Return what it takes: adding records, and telling."""
        tell = Permission(("events:PutEvents",), (self.bus.event_bus_arn,))
        return self.evidence.append, tell, *self.alerts.publish

    def environment(self) -> dict[str, str]:
        """Return what a function is told of them."""
        return {
            "EVIDENCE_BUCKET": self.evidence.bucket.bucket_name,
            "EVENT_BUS": self.bus.event_bus_name,
            "TOPIC_ARN": self.alerts.topic.topic_arn,
        }
