"""The AgentCore control plane: what is read of it, and the one way in which it is changed."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from guardrail.core.errors import GatewayError
from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.snapshot import Answer, parse_snapshot, version_number
from guardrail.core.runtimes.step import Call, Step
from guardrail.core.runtimes.surroundings import parse_situated
from guardrail.core.runtimes.tool import ToolKind
from guardrail.gateways.agentcore_change import send
from guardrail.gateways.agentcore_surroundings import read_policy, read_surroundings
from guardrail.gateways.agentcore_tools import AgentCoreTools
from guardrail.gateways.aws import Client, error_code, failures_of, is_retryable
from guardrail.gateways.whole_answer import keep_bodies, whole
from guardrail.ports.runtimes import Effect, Taken

_SERVICE = "bedrock-agentcore-control"
_NOT_FOUND = "ResourceNotFoundException"
_KEPT = (
    "agentRuntimeId",
    "agentRuntimeArn",
    "agentRuntimeName",
    "agentRuntimeVersion",
    "status",
    "createdAt",
    "networkConfiguration",
    "capacityProviderConfiguration",
    "lifecycleConfiguration",
)
_PAGE_SIZE = 100


class AgentCoreGateway:
    """AgentCore of one account and Region. Environment variables and descriptions never leave this class."""

    def __init__(self, clients: Callable[[str], Client], account: str, region: str) -> None:
        self._client = clients(_SERVICE)
        keep_bodies(self._client)
        self._tools = AgentCoreTools(self._client, self._read, account, region)
        self._account = account
        self._region = region

    def snapshot(self, runtime_id: str) -> Snapshot | None:
        """Read the newest version, the endpoints, and every other version that an endpoint serves or will serve."""
        return self._snapshot(runtime_id, situated=False)

    def situated(self, runtime_id: str) -> Snapshot | None:
        """Read the same once, and of the newest version everything, the resource policy and who owns the runtime."""
        return self._snapshot(runtime_id, situated=True)

    def tool(self, kind: ToolKind, tool_id: str) -> Snapshot | None:
        """Read a browser or a code interpreter."""
        return self._tools.snapshot(kind, tool_id)

    def tool_ids(self, kind: ToolKind) -> list[str]:
        """List them."""
        return self._tools.ids(kind)

    def take(self, step: Step) -> Taken:
        """Send the step's call, unless AgentCore no longer says what the step was computed from.

        There is no If-Match in AgentCore's API: this look right before is what comes nearest to one.
        """
        if step.call is None:
            raise ValueError(f"expected a step that changes something, not {step.kind}")
        try:
            hindered = self._hindered(step.call, step.seen) if step.seen else None
        except GatewayError as error:  # nothing was sent yet
            return Taken(Effect.NOT_NOW, error.code)
        return hindered or send(self._client, step.call)

    def _hindered(self, call: Call, seen: Mapping[str, str | None]) -> Taken | None:
        """Why a call is not sent: what it replaces may not be read, or is no longer what was seen."""
        operation, now = self._replaced_by(call)
        code = str(now.get("error", _NOT_FOUND))
        if code != _NOT_FOUND:
            return Taken(Effect.REFUSED, code, operation=operation)
        return Taken(Effect.OVERTAKEN) if any(now.get(member) != value for member, value in seen.items()) else None

    def _replaced_by(self, call: Call) -> tuple[str, Answer]:
        """What the call replaces, as it is now, and the operation that says so."""
        sent = call.parameters
        if "resourceArn" in sent:
            policy = read_policy(self._client, self._read, sent["resourceArn"])
            return "GetResourcePolicy", policy if isinstance(policy, dict) else {"policy": policy}
        if "endpointName" in sent:
            named = {"agentRuntimeId": sent["agentRuntimeId"], "endpointName": sent["endpointName"]}
            operation, read = "GetAgentRuntimeEndpoint", self._client.get_agent_runtime_endpoint
            return operation, self._read(operation, read, named)
        return "GetAgentRuntime", self._whole(self._answer(sent["agentRuntimeId"]))

    def _snapshot(self, runtime_id: str, *, situated: bool) -> Snapshot | None:
        runtime = self._answer(runtime_id)
        if runtime.get("error") == _NOT_FOUND:
            return None
        endpoints = self._endpoints(runtime_id)
        answers = {
            number: self._answer(runtime_id, number)
            for number in sorted(_served(endpoints) - {version_number(runtime.get("agentRuntimeVersion"))})
        }
        seen = self._whole if situated else _judged
        document = {
            "account": self._account,
            "region": self._region,
            "runtime": seen(runtime),
            "endpoints": endpoints,
            "versions": {str(number): seen(answer) for number, answer in answers.items()},
        }
        if not situated:
            return parse_snapshot(document)
        surroundings = read_surroundings(self._client, self._read, runtime)
        updatable = self._client.meta.service_model.operation_model("UpdateAgentRuntime").input_shape.members
        return parse_situated({**document, **surroundings}, frozenset(updatable))

    def versions(self, runtime_id: str, numbers: Iterable[int]) -> Mapping[int, Answer | None]:
        """Read the placement of some versions; one that is refused is left out, to be read another day."""
        answers = {number: _judged(self._answer(runtime_id, number)) for number in numbers}
        return {
            number: None if answer.get("error") == _NOT_FOUND else answer
            for number, answer in answers.items()
            if answer.get("error") in (None, _NOT_FOUND)
        }

    def runtime_ids(self, cursor: str | None, limit: int) -> tuple[list[str], str | None]:
        """Page through ListAgentRuntimes from a cursor on."""
        runtime_ids: list[str] = []
        while True:
            page = self._list_page(cursor, first=not runtime_ids)
            runtime_ids += [runtime["agentRuntimeId"] for runtime in page["agentRuntimes"]]
            cursor = page.get("nextToken")
            if cursor is None or len(runtime_ids) + _PAGE_SIZE > limit:
                return runtime_ids, cursor

    def _list_page(self, cursor: str | None, *, first: bool) -> Any:
        arguments = {"nextToken": cursor} if cursor else {}
        try:
            with failures_of(f"{_SERVICE}:ListAgentRuntimes"):
                return self._client.list_agent_runtimes(maxResults=_PAGE_SIZE, **arguments)
        except GatewayError as error:
            if cursor is None or not first or error.code != "ValidationException":
                raise
            return self._list_page(None, first=True)  # the service no longer knows a cursor this old

    def _answer(self, runtime_id: str, number: int | None = None) -> Answer:
        """GetAgentRuntime's answer, or `{"error": code}` for what the service refuses."""
        arguments = {"agentRuntimeId": runtime_id} | ({} if number is None else {"agentRuntimeVersion": str(number)})
        answer = self._read("GetAgentRuntime", self._client.get_agent_runtime, arguments)
        if number is not None and "error" not in answer and answer.get("agentRuntimeVersion") != str(number):
            return {"error": "answered with another version"}
        return answer

    def _whole(self, answer: Answer) -> Answer:
        with failures_of(f"{_SERVICE}:GetAgentRuntime"):
            return answer if "error" in answer else whole(answer)

    def _endpoints(self, runtime_id: str) -> Any:
        """All endpoints, page by page, or `{"error": code}`."""
        items: list[Answer] = []
        arguments = {"agentRuntimeId": runtime_id}
        while True:
            page = self._read("ListAgentRuntimeEndpoints", self._client.list_agent_runtime_endpoints, arguments)
            if "error" in page:
                return [*items, page] if items else page
            items += page["runtimeEndpoints"]
            if not page.get("nextToken"):
                return items
            arguments = {**arguments, "nextToken": page["nextToken"]}

    def _read(self, operation: str, call: Callable[..., Any], arguments: dict[str, Any]) -> Answer:
        with failures_of(f"{_SERVICE}:{operation}"):
            try:
                answer: Answer = call(**arguments)
            except ClientError as error:
                if is_retryable(error):
                    raise
                return {"error": error_code(error)}
            return answer


def _judged(answer: Answer) -> Answer:
    """As much of an answer as is judged: no environment variable, no description."""
    kept = {member: answer[member] for member in (*_KEPT, "error") if member in answer}
    if isinstance(kept.get("createdAt"), datetime):
        kept["createdAt"] = kept["createdAt"].isoformat()
    return kept


def _served(endpoints: Any) -> set[int]:
    if not isinstance(endpoints, list):
        return set()
    numbers = (version_number(item.get(m)) for item in endpoints for m in ("liveVersion", "targetVersion"))
    return {number for number in numbers if number is not None}
