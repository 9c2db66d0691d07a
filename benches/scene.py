"""What a measured process is given: its environment, AWS's answers, and the event it handles."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from benches.account import ACCOUNT, REGION, RUNTIME_ID, ZONE, endpoints, listed, runtime, state
from benches.canned import Answers

PAGE = 100

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "canned",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_LAMBDA_FUNCTION_NAME": "bench",
    "AWS_EC2_METADATA_DISABLED": "true",
    "HOME": "/nonexistent",
    "C7N_DEBUG_EVENT": "no",
    "LANDING_ZONE": json.dumps(ZONE.document()),
    "RESPONSE_MODE": "OBSERVE",
    "RESPONSE": "{}",
    "ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/agentcore-guardrail/verify",
    "SWITCHES_TABLE": "switches",
    "STATE_TABLE": "state",
    "EVENTS_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/events",
    "LOOKS_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/looks",
    "DEAD_LETTER_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/dead",
    "EVIDENCE_BUCKET": "evidence",
    "EVENT_BUS": "findings",
    "TOPIC_ARN": f"arn:aws:sns:{REGION}:{ACCOUNT}:findings",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """What one measured process is given: AWS's answers, the event, and how often to invoke once it is warm."""

    answers: Answers
    event: dict[str, Any]
    rounds: int = 0
    invocations: int = 0

    def document(self) -> dict[str, Any]:
        return asdict(self)


def unchanged_runtime(versions: int = 1) -> Answers:
    """AWS's answers about one compliant runtime with so many reachable versions, recorded as it is now."""
    path = f"/runtimes/{RUNTIME_ID}/"
    older = {f"GET {path}?version={number}": runtime(number) for number in range(1, versions)}
    bodies = {
        f"GET {path}": runtime(versions),
        **older,
        f"POST {path}runtime-endpoints/": {"runtimeEndpoints": endpoints(versions)},
        "POST /runtimes/": {"agentRuntimes": [listed()]},
        "DynamoDB_20120810.GetItem": {"Item": state(versions)},
    }
    return {request: json.dumps(body) for request, body in bodies.items()}


def many_runtimes(count: int) -> Answers:
    """AWS's answers to a sweep over so many runtimes, with no sweep before it."""
    ids = [f"agent_{index}-Ab12Cd34Ef" for index in range(count)]
    pages = {}
    for start in range(0, count, PAGE):
        token = f"&nextToken=page{start}" if start else ""
        more = {"nextToken": f"page{start + PAGE}"} if start + PAGE < count else {}
        items = [listed(runtime_id) for runtime_id in ids[start : start + PAGE]]
        pages[f"POST /runtimes/?maxResults={PAGE}{token}"] = {"agentRuntimes": items, **more}
    sent = [{"Id": str(index), "MessageId": f"message-{index}", "MD5OfMessageBody": "0" * 32} for index in range(10)]
    bodies = {
        **pages,
        f"POST /browsers?type=CUSTOM&maxResults={PAGE}": {"browserSummaries": []},
        f"POST /code-interpreters?type=CUSTOM&maxResults={PAGE}": {"codeInterpreterSummaries": []},
        "DynamoDB_20120810.GetItem": {},
        "DynamoDB_20120810.Query": {"Items": [], "Count": 0},
        "AmazonSQS.GetQueueAttributes": {"Attributes": {"ApproximateNumberOfMessages": "0"}},
        "AmazonSQS.SendMessageBatch": {"Successful": sent, "Failed": []},
    }
    return {request: json.dumps(body) for request, body in bodies.items()}


def trail_event() -> dict[str, Any]:
    """What EventBridge delivers when somebody updated the runtime."""
    detail = {
        "eventVersion": "1.11",
        "eventSource": "bedrock-agentcore.amazonaws.com",
        "eventName": "UpdateAgentRuntime",
        "eventTime": "2026-09-01T08:00:00Z",
        "eventID": "0e2f3b9c-5f0d-4f7a-8f51-2d9c7e3b1a40",
        "awsRegion": REGION,
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "Boto3/1.44.5 md/Botocore#1.44.5",
        "userIdentity": {"type": "AssumedRole", "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/developer/alice"},
        "requestParameters": {"agentRuntimeId": RUNTIME_ID, "roleArn": f"arn:aws:iam::{ACCOUNT}:role/agents/claims"},
        "responseElements": {"agentRuntimeId": RUNTIME_ID, "agentRuntimeVersion": "1", "status": "UPDATING"},
    }
    return {
        "version": "0",
        "id": "c4a1f2de-6d1c-4c52-9b8f-0c4a5d6e7f80",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.bedrock-agentcore",
        "account": ACCOUNT,
        "region": REGION,
        "time": "2026-09-01T08:00:00Z",
        "resources": [],
        "detail": detail,
    }


def queue_event() -> dict[str, Any]:
    """The same event as Lambda gets it from the queue."""
    attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "1", "ApproximateFirstReceiveTimestamp": "1"}
    record = {
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receiptHandle": "handle",
        "body": json.dumps(trail_event()),
        "attributes": {**attributes, "SenderId": "AIDAEXAMPLE"},
        "messageAttributes": {},
        "md5OfBody": "0" * 32,
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:events",
        "awsRegion": REGION,
    }
    return {"Records": [record]}
