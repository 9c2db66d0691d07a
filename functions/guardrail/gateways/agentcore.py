"""The AgentCore control plane, read only."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from guardrail.core.errors import GatewayError
from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.snapshot import Answer, parse_snapshot, version_number
from guardrail.gateways.aws import Client, error_code, failures_of, is_retryable

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
)
_PAGE_SIZE = 100


class AgentCoreGateway:
    """AgentCore of one account and Region. Environment variables and descriptions never leave this class."""

    def __init__(self, clients: Callable[[str], Client], account: str, region: str) -> None:
        self._client = clients(_SERVICE)
        self._account = account
        self._region = region

    def snapshot(self, runtime_id: str) -> Snapshot | None:
        """Read the newest version, the endpoints, and every other version that an endpoint serves or will serve."""
        runtime = self._get(runtime_id)
        if runtime.get("error") == _NOT_FOUND:
            return None
        endpoints = self._endpoints(runtime_id)
        versions = {
            str(number): self._get(runtime_id, number)
            for number in _served(endpoints) - {version_number(runtime.get("agentRuntimeVersion"))}
        }
        return parse_snapshot(
            {
                "account": self._account,
                "region": self._region,
                "runtime": runtime,
                "endpoints": endpoints,
                "versions": versions,
            }
        )

    def versions(self, runtime_id: str, numbers: Iterable[int]) -> Mapping[int, Answer | None]:
        """Read the placement of some versions; one that is refused is left out, to be read another day."""
        answers = {number: self._get(runtime_id, number) for number in numbers}
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

    def _get(self, runtime_id: str, number: int | None = None) -> Answer:
        """GetAgentRuntime's answer, as far as it is judged, or `{"error": code}` for what the service refuses."""
        arguments = {"agentRuntimeId": runtime_id} | ({} if number is None else {"agentRuntimeVersion": str(number)})
        answer = self._read("GetAgentRuntime", self._client.get_agent_runtime, arguments)
        if number is not None and "error" not in answer and answer.get("agentRuntimeVersion") != str(number):
            return {"error": "answered with another version"}
        kept = {member: answer[member] for member in (*_KEPT, "error") if member in answer}
        if isinstance(kept.get("createdAt"), datetime):
            kept["createdAt"] = kept["createdAt"].isoformat()
        return kept

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

    def _read(self, operation: str, call: Callable[..., Any], arguments: dict[str, str]) -> Answer:
        with failures_of(f"{_SERVICE}:{operation}"):
            try:
                answer: Answer = call(**arguments)
            except ClientError as error:
                if is_retryable(error):
                    raise
                return {"error": error_code(error)}
            return answer


def _served(endpoints: Any) -> set[int]:
    if not isinstance(endpoints, list):
        return set()
    numbers = (version_number(item.get(m)) for item in endpoints for m in ("liveVersion", "targetVersion"))
    return {number for number in numbers if number is not None}
