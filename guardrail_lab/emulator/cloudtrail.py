"""Every AgentCore call that changes something puts CloudTrail's event on the default bus: ministack records nothing."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from ministack import app
from ministack.core.iam_evaluator import resolve_caller_identity
from ministack.core.responses import get_account_id, get_region, get_request_client_ip
from ministack.services.eventbridge import _put_events

from guardrail_lab.agentcore.model import AgentCoreCall, redacted
from guardrail_lab.emulator.caller import user_identity
from guardrail_lab.emulator.faults import Trouble
from guardrail_lab.emulator.seam import Answer, Forward, Request


class CloudTrail:
    """A trail with logging, delivering at once; a real one takes seconds to minutes and may lose events."""

    def __init__(self, trouble: Trouble) -> None:
        self._trouble = trouble

    async def record(self, request: Request, forward: Forward) -> Answer:
        """Deliver the event of a write once it was answered, whether it succeeded or not."""
        answer = await forward(request)
        call = request.agentcore
        if call is not None and _is_recorded(request, call) and not self._trouble.loses_this_event():
            entry = {
                "Source": "aws.bedrock-agentcore",
                "DetailType": "AWS API Call via CloudTrail",
                "Detail": json.dumps(_detail(request, call, answer)),
            }
            _put_events({"Entries": [entry]}, allow_aws_source=True)
        return answer


def _is_recorded(request: Request, call: AgentCoreCall) -> bool:
    # Nobody's trail has a caller whose key belongs to no account; without AUTH every key is somebody's.
    return call.changes_something and (not app.AUTH or resolve_caller_identity(request.access_key) is not None)


def _detail(request: Request, call: AgentCoreCall, answer: Answer) -> dict[str, Any]:
    account = get_account_id()
    return {
        "eventVersion": "1.11",
        "userIdentity": user_identity(request.access_key),
        "eventTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "bedrock-agentcore.amazonaws.com",
        "eventName": call.name,
        "awsRegion": get_region(),
        "sourceIPAddress": get_request_client_ip(),
        "userAgent": request.headers.get("user-agent", ""),
        **_outcome(call, answer),
        "requestParameters": redacted(call.operation.input_shape, dict(call.parameters)),
        "requestID": request.request_id,
        "eventID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
    }


def _outcome(call: AgentCoreCall, answer: Answer) -> dict[str, Any]:
    document = answer.document
    if answer.status < 400:
        return {"responseElements": redacted(call.operation.output_shape, document) if document else None}
    code = str(document.get("__type", "InternalServerException")).rsplit("#", 1)[-1]
    return {
        # CloudTrail writes AccessDenied where the SDK sees AccessDeniedException.
        "errorCode": "AccessDenied" if code == "AccessDeniedException" else code,
        "errorMessage": document.get("message", ""),
        "responseElements": None,
    }
