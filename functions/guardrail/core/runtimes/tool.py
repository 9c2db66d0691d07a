"""Browsers and code interpreters: a tool is seen as a runtime with one version that never changes, and no endpoints."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

TOOL_ID = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,47}-[a-zA-Z0-9]{10}", re.ASCII)
"""Of tools that somebody created; those that AWS provides have ids such as `aws.browser.v1`."""

_IN_ARN = re.compile(r":(browser|code-interpreter)-custom/([^/]*)")
_SAME = ("name", "createdAt", "status", "networkConfiguration")
_VERSION = "1"


class ToolKind(StrEnum):
    """The kinds of tools, in the words of a queue message."""

    BROWSER = "browser"
    CODE_INTERPRETER = "code-interpreter"

    @property
    def member(self) -> str:
        """How AgentCore's members about it begin, such as `browser` in `browserId`."""
        return "browser" if self is ToolKind.BROWSER else "codeInterpreter"

    @property
    def noun(self) -> str:
        """How AgentCore's operations call it, such as `Browser` in `GetBrowser`."""
        return self.member[0].upper() + self.member[1:]

    @property
    def words(self) -> str:
        """What people call it."""
        return self.value.replace("-", " ")


def tool_snapshot_document(kind: ToolKind, answer: dict[str, Any], account: str, region: str) -> dict[str, Any]:
    """Return a snapshot document for GetBrowser's or GetCodeInterpreter's answer, or for `{"error": code}`.

    Nothing of the answer is in it but what names the tool and what is judged: a description never leaves with it.
    """
    named = isinstance(answer.get(f"{kind.member}Id"), str)
    unread = answer if "error" in answer else {"error": "it does not name itself"}
    runtime = _as_runtime(kind, answer) if named and "error" not in answer else unread
    return {
        "account": account,
        "region": region,
        "kind": kind.value,
        "runtime": runtime,
        "endpoints": [],
        "versions": {},
    }


def tool_id_in(document: dict[str, Any], kind: ToolKind) -> str | None:
    """Return the id of the tool that a CloudTrail event of this kind is about, or None where it names none."""
    detail = document.get("detail")
    candidates = _candidates(detail, kind) if isinstance(detail, dict) else iter(())
    return next((each for each in candidates if TOOL_ID.fullmatch(each)), None)


def _as_runtime(kind: ToolKind, answer: dict[str, Any]) -> dict[str, Any]:
    kept = {member: answer[member] for member in _SAME if member in answer}
    named = {"Id": answer.get(f"{kind.member}Id"), "Arn": answer.get(f"{kind.member}Arn"), "Name": kept.pop("name", "")}
    runtime = {f"agentRuntime{part}": value for part, value in named.items() if value}
    network = kept.get("networkConfiguration")
    if isinstance(network, dict) and ("vpcConfig" in network or network.get("networkMode") == "VPC"):
        kept["networkConfiguration"] = _placed_as_a_runtime(network)
    return {**runtime, "agentRuntimeVersion": _VERSION, **kept}


def _placed_as_a_runtime(network: dict[str, Any]) -> dict[str, Any]:
    """The same placement in the words that runtimes have for it.

    `requireServiceS3Endpoint` is false whatever the answer says: the service model has the member in the shape that
    both share, and says that it is not applicable to browsers and code interpreters.
    """
    rest = {member: value for member, value in network.items() if member != "vpcConfig"}
    vpc = network.get("vpcConfig") or {}
    within_vpc = {**vpc, "requireServiceS3Endpoint": False} if isinstance(vpc, dict) else vpc
    return {**rest, "networkModeConfig": within_vpc}


def _candidates(detail: dict[str, Any], kind: ToolKind) -> Iterator[str]:
    """What may name the tool, best first; a redacted value fails the pattern of ids like any other text."""
    parts = [part for name in ("responseElements", "requestParameters") if isinstance(part := detail.get(name), dict)]
    resources = detail.get("resources")
    within = [each.get("ARN") for each in (resources if isinstance(resources, list) else ()) if isinstance(each, dict)]
    yield from (each for part in parts if isinstance(each := part.get(f"{kind.member}Id"), str))
    for arn in (*(part.get(f"{kind.member}Arn") for part in parts), *within):
        found = _IN_ARN.search(arn) if isinstance(arn, str) else None
        if found and found.group(1) == kind.value:
            yield found.group(2)
