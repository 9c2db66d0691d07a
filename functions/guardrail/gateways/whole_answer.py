"""What AgentCore answered, members that this SDK does not know included: botocore drops those without a word."""

import json
from typing import Any

from guardrail.core.runtimes.snapshot import Answer
from guardrail.gateways.aws import Client

_BODY = "guardrail-body"


def keep_bodies(client: Client) -> None:
    """Let the client keep the body of GetAgentRuntime's answers, unread, beside what it makes of them."""
    name = "before-parse.bedrock-agentcore-control.GetAgentRuntime"
    client.meta.events.register(name, _keep, unique_id=_BODY)


def _keep(response_dict: Any, customized_response_dict: Any, **_: Any) -> None:
    customized_response_dict[_BODY] = response_dict["body"]


def whole(answer: Answer) -> Answer:
    """Return the answer as the service wrote it, without members that are null, as botocore leaves those out.

    Names in JSON are the SDK's names, and times are ISO 8601 text, in all that this API answers here.

    Raises:
        ValueError: The body is no JSON object.
    """
    written = json.loads(answer[_BODY])
    if not isinstance(written, dict):
        raise ValueError("no object")
    return _without_null(written)  # type: ignore[no-any-return]


def _without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_null(each) for key, each in value.items() if each is not None}
    return [_without_null(each) for each in value] if isinstance(value, list) else value
