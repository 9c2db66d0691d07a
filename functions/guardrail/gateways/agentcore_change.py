"""One change of AgentCore: its call, or the call in other words where the service refuses the first ones."""

from dataclasses import replace
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError, ParamValidationError

from guardrail.core.runtimes.step import Call
from guardrail.gateways.aws import Client, error_code, failures_of, is_retryable, is_throttled
from guardrail.ports.runtimes import Effect, Taken

_VALIDATION = "ValidationException"
_MAY_SUCCEED_LATER = frozenset({"ConflictException", "ResourceNotFoundException"})
_AUTHORIZER = "Authorizer already exists"
"""Reported of an update that sent the authorizer back as it was. To leave it out could open a JWT runtime to SigV4."""


def send(client: Client, call: Call) -> Taken:
    """Send the call, or, where it is refused in words that the call knows, what it says otherwise.

    Raises:
        GatewayError: The service failed: whether the change was made is unknown.
    """
    with failures_of(f"{call.service}:{call.operation}"):
        try:
            answer = getattr(client, xform_name(call.operation))(**call.parameters)
        except ParamValidationError:  # before it was sent; the text quotes what should have been
            return Taken(Effect.REFUSED, ParamValidationError.__name__)
        except ClientError as error:
            refusal = error
        else:
            return Taken(Effect.MADE, version=_version(answer))
        if is_throttled(refusal) or error_code(refusal) in _MAY_SUCCEED_LATER:
            return Taken(Effect.NOT_NOW, error_code(refusal))
        if is_retryable(refusal):
            raise refusal
    if call.otherwise and error_code(refusal) == _VALIDATION and call.otherwise_if in _message(refusal):
        taken = send(client, call.otherwise)
        return replace(taken, effect=Effect.MADE_OTHERWISE) if taken.effect is Effect.MADE else taken
    known = f": {_AUTHORIZER}" if _AUTHORIZER in _message(refusal) else ""
    return Taken(Effect.REFUSED, error_code(refusal) + known)


def _message(error: ClientError) -> str:
    """What the service says; it may quote what was sent, so it stays here."""
    fields: Any = error.response.get("fieldList", [])
    return " ".join([str(error.response.get("Error", {}).get("Message", "")), *(str(field) for field in fields)])


def _version(answer: Any) -> int | None:
    text = answer.get("agentRuntimeVersion")
    return int(text) if isinstance(text, str) and text.isdigit() else None
