"""Browsers and code interpreters of one account and Region: those that somebody created, each as a snapshot."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from botocore import xform_name

from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.snapshot import Answer
from guardrail.core.runtimes.surroundings import parse_situated
from guardrail.core.runtimes.tool import TOOL_ID, ToolKind, tool_snapshot_document
from guardrail.gateways.aws import Client, failures_of

Read = Callable[[str, Callable[..., Any], dict[str, Any]], Answer]
"""Calls one operation: its answer, or `{"error": code}` for what the service refuses."""

_SERVICE = "bedrock-agentcore-control"
_NOT_FOUND = "ResourceNotFoundException"
_PAGE_SIZE = 100


class AgentCoreTools:
    """The tools of one account and Region. Of an answer only what is judged leaves this class."""

    def __init__(self, client: Client, read: Read, account: str, region: str) -> None:
        self._client = client
        self._read = read
        self._account = account
        self._region = region

    def snapshot(self, kind: ToolKind, tool_id: str) -> Snapshot | None:
        """Read a tool with one call; None when it is gone. It is situated: there is nothing more to know about it."""
        operation = f"Get{kind.noun}"
        answer = self._read(operation, getattr(self._client, xform_name(operation)), {f"{kind.member}Id": tool_id})
        if answer.get("error") == _NOT_FOUND or answer.get("status") == "DELETED":
            return None
        document = tool_snapshot_document(kind, _dated(answer), self._account, self._region)
        snapshot = parse_situated(document)
        return snapshot if snapshot.runtime_id else replace(snapshot, runtime_id=tool_id)

    def ids(self, kind: ToolKind) -> list[str]:
        """Page through the list of those that somebody created; AWS's own cannot be changed or avoided."""
        operation = f"List{kind.noun}s"
        ids: list[str] = []
        arguments: dict[str, Any] = {"type": "CUSTOM", "maxResults": _PAGE_SIZE}
        while True:
            with failures_of(f"{_SERVICE}:{operation}"):
                page = getattr(self._client, xform_name(operation))(**arguments)
                found = [each[f"{kind.member}Id"] for each in page[f"{kind.member}Summaries"]]
            ids += [each for each in found if TOOL_ID.fullmatch(each)]
            if not page.get("nextToken"):
                return ids
            arguments = {**arguments, "nextToken": page["nextToken"]}


def _dated(answer: Answer) -> Answer:
    """With its age as JSON has it."""
    created = answer.get("createdAt")
    return {**answer, "createdAt": created.isoformat()} if isinstance(created, datetime) else answer
