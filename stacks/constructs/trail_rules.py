"""The EventBridge rules that turn CloudTrail's events into messages."""

from aws_cdk import aws_events, aws_events_targets, aws_sqs
from constructs import Construct

EVENT_SOURCES = ["bedrock-agentcore.amazonaws.com", "bedrock-agentcore-control.amazonaws.com"]
"""CloudTrail's name for the service, and the one it may get some day."""

CHANGES = [
    "CreateAgentRuntime",
    "UpdateAgentRuntime",
    "DeleteAgentRuntime",
    "CreateAgentRuntimeEndpoint",
    "UpdateAgentRuntimeEndpoint",
    "DeleteAgentRuntimeEndpoint",
    "CreateHarness",
    "UpdateHarness",
    "DeleteHarness",
    "CreateHarnessEndpoint",
    "UpdateHarnessEndpoint",
    "CreateBrowser",
    "DeleteBrowser",
    "CreateCodeInterpreter",
    "DeleteCodeInterpreter",
    "CreateCapacityProvider",
    "PutResourcePolicy",
    "DeleteResourcePolicy",
]
DENIED = ["AccessDenied", "AccessDeniedException"]
"""CloudTrail writes the first where the SDK sees the second."""


class TrailRules(Construct):
    """Two rules: changes that happened, to be looked at, and changes that IAM stopped, for the record.

    Anybody can make as many of both as they like, so their queue has to be one that nothing else waits on.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, queue: aws_sqs.IQueue, dead_letters: aws_sqs.IQueue
    ) -> None:
        super().__init__(scope, construct_id)
        target = aws_events_targets.SqsQueue(queue, dead_letter_queue=dead_letters)
        self._rule("Succeeded", {"eventName": CHANGES, "errorCode": [{"exists": False}]}, target)
        self._rule("Denied", {"eventName": CHANGES, "errorCode": DENIED}, target)

    def _rule(self, construct_id: str, detail: dict[str, object], target: aws_events.IRuleTarget) -> None:
        aws_events.Rule(
            self,
            construct_id,
            description=f"AgentCore guardrail: changes of where agents run ({construct_id.lower()})",
            event_pattern=aws_events.EventPattern(
                source=["aws.bedrock-agentcore"],
                detail_type=["AWS API Call via CloudTrail"],
                detail={"eventSource": EVENT_SOURCES, **detail},
            ),
            targets=[target],
        )
