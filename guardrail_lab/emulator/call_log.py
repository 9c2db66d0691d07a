"""The AWS API calls that deployed functions made, in order, so that the demo can show and a test can count them."""

from datetime import UTC, datetime
from typing import Any

from ministack.app import _routing_params
from ministack.core.iam_actions import extract_iam_action

from guardrail_lab.emulator.function_sessions import FunctionSessions
from guardrail_lab.emulator.seam import Answer, Forward, Request

SDK_NAMES = {"monitoring": "cloudwatch", "states": "stepfunctions"}


class CallLog:
    """Every HTTP request counts as a call, an SDK's retries too."""

    def __init__(self, sessions: FunctionSessions) -> None:
        self._sessions = sessions
        self._calls: list[dict[str, Any]] = []

    def entries(self) -> list[dict[str, Any]]:
        """Return the calls so far, oldest first."""
        return list(self._calls)

    def clear(self) -> None:
        """Forget the calls so far."""
        self._calls.clear()

    async def record(self, request: Request, forward: Forward) -> Answer:
        """Note a function's request when it arrives, and the status when it is answered."""
        function = self._sessions.function_of(request.access_key)
        if function is None:
            return await forward(request)
        service, operation = _name(request)
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        entry: dict[str, Any] = {
            "at": at,
            "function": function,
            "service": service,
            "operation": operation,
            "status": None,
        }
        self._calls.append(entry)
        answer = await forward(request)
        entry["status"] = answer.status
        return answer


def _name(request: Request) -> tuple[str, str]:
    """Return the SDK's name of the service, and the operation; for S3 and Lambda that is the IAM action."""
    if request.agentcore is not None:
        return "bedrock-agentcore-control", request.agentcore.name
    sent = (request.method, request.path, request.headers, request.body)
    action = extract_iam_action(request.service, *sent, _routing_params(*sent, request.query))
    service = SDK_NAMES.get(request.service, request.service)
    return service, action.split(":", 1)[1] if action else "unknown"
