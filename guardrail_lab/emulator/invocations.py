"""Invoking a runtime: the caller's own policies, then the runtime's and the endpoint's, then the container's answer."""

import re
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from ministack import app
from ministack.app import _credential_failure
from ministack.core.iam_evaluator import AuthError, enforce
from ministack.core.responses import get_account_id, get_region, get_request_client_ip

from guardrail_lab.agentcore.control_plane import ControlPlane
from guardrail_lab.agentcore.errors import ServiceError, denied
from guardrail_lab.agentcore.invocation import runtime_id_of
from guardrail_lab.emulator.agentcore import AgentCore, json_answer, refusal
from guardrail_lab.emulator.caller import user_identity
from guardrail_lab.emulator.seam import Answer, Forward, Request

PATH = re.compile(r"/runtimes/(?P<runtime>.+)/(?P<what>invocations|commands|stopruntimesession)/?")
ACTIONS = {
    "invocations": "InvokeAgentRuntime",
    "commands": "InvokeAgentRuntimeCommand",
    "stopruntimesession": "StopRuntimeSession",
}
SERVICE = "bedrock-agentcore"
SESSION = "x-amzn-bedrock-agentcore-runtime-session-id"


class Invocations:
    """The data plane of the lab's runtimes, the calls that a resource policy decides."""

    def __init__(self, agentcore: AgentCore) -> None:
        self._agentcore = agentcore

    async def answer(self, request: Request, forward: Forward) -> Answer:
        """Answer an invocation; memory and the like stay ministack's."""
        found = PATH.fullmatch(unquote(request.path)) if request.service == SERVICE else None
        if found is None or request.method != "POST":
            return await forward(request)
        runtime, action = found["runtime"], f"{SERVICE}:{ACTIONS[found['what']]}"
        plane = self._owner(request, runtime)
        qualifier = _first(request, "qualifier") or "DEFAULT"
        identity = _identity(request, plane, runtime_id_of(runtime), qualifier, action)
        if isinstance(identity, Answer):
            return identity
        return _answered(lambda: self._invoke(request, plane, runtime, qualifier, action, allowed=identity))

    def _owner(self, request: Request, runtime: str) -> ControlPlane:
        parts = runtime.split(":")
        if len(parts) > 5:
            return self._agentcore.plane(parts[4], parts[3])
        return self._agentcore.plane(_first(request, "accountId") or get_account_id(), get_region())

    def _invoke(
        self, request: Request, plane: ControlPlane, runtime: str, qualifier: str, action: str, *, allowed: bool
    ) -> Answer:
        session = request.headers.get(SESSION) or str(uuid.uuid4())
        how: dict[str, Any] = {
            "action": action,
            "identity_allows": allowed,
            "context": _context(request),
        }
        if action.endswith("StopRuntimeSession"):
            decision = plane.may_invoke(runtime, qualifier, _principal(request), **how)
            if decision.error is not None and decision.error.status == 403:
                raise decision.error
            plane.stop_session(runtime, qualifier, session)
            return json_answer({"runtimeSessionId": session})
        said = plane.invoke(runtime, qualifier, _principal(request), session=session, **how)
        answer = json_answer(said)
        answer.headers[SESSION] = session
        return answer


def _answered(invoke: Callable[[], Answer]) -> Answer:
    try:
        return invoke()
    except ServiceError as error:
        return refusal(error)


def _principal(request: Request) -> str | None:
    return None if _has_token(request) else str(user_identity(request.access_key)["arn"])


def _context(request: Request) -> dict[str, str]:
    """The condition keys that the lab knows of an invocation; a session counts as its role, path included."""
    found = {"aws:SourceIp": get_request_client_ip()}
    session = {} if _has_token(request) else user_identity(request.access_key).get("sessionContext", {})
    return found | ({"aws:PrincipalArn": session["sessionIssuer"]["arn"]} if session else {})


def _has_token(request: Request) -> bool:
    return request.headers.get("authorization", "").startswith("Bearer ")


def _identity(request: Request, plane: ControlPlane, runtime_id: str, qualifier: str, action: str) -> bool | Answer:
    """Whether the caller's own policies allow it, on the runtime and on the endpoint; or the refusal that ends it."""
    if not app.AUTH or _has_token(request):
        return True
    arn, allowed = plane.account.arn(f"runtime/{runtime_id}"), True
    for resource in (arn, f"{arn}/runtime-endpoint/{qualifier}"):
        refused = enforce(request.access_key, action, SERVICE, get_region(), resource, {})
        if isinstance(refused, AuthError):
            return Answer(*_credential_failure(SERVICE, action, request.request_id, refused, request.headers))
        if refused is not None and refused.decision == "Deny":
            return refusal(
                denied(f"{action} on {resource} is refused with an explicit deny in an identity-based policy")
            )
        allowed = allowed and refused is None
    return allowed


def _first(request: Request, name: str) -> str | None:
    return next(iter(request.query.get(name, ())), None)
