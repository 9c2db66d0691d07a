"""What has to be known about a runtime, beside what is judged: its resource policy, its tags, its harness."""

from collections.abc import Callable
from typing import Any

from guardrail.core.runtimes.snapshot import Answer
from guardrail.gateways.aws import Client

Read = Callable[[str, Callable[..., Any], dict[str, Any]], Answer]
"""Calls one operation: its answer, or `{"error": code}` for what the service refuses."""

_NOT_FOUND = "ResourceNotFoundException"
_HARNESS_PREFIX = "harness_"
"""The names of runtimes that a harness manages begin so; for others no harness is looked for."""
_PAGE_SIZE = 100
_MOST_PAGES = 10
_MOST_ASKED = 20
"""Anybody may name a runtime so, and each harness takes a call: a denial must not wait for all of an account."""
_TOO_MANY: Answer = {"error": "too many harnesses to ask each"}


def read_surroundings(client: Client, read: Read, runtime: Answer) -> dict[str, Any]:
    """Return `resource_policy`, `tags` and `harness`: absent, what AgentCore says, or `{"error": code}`.

    Tags are the whole answer: in it, a tag that somebody calls `error` cannot be taken for a refusal. A runtime without
    a resource policy is answered with 404, or with an answer that has none. That is read last: a denial overwrites what
    somebody puts between that read and it.
    """
    arn = runtime.get("agentRuntimeArn")
    if not isinstance(arn, str):
        unknown = {"error": "the ARN of the runtime is not known"}
        return {"resource_policy": unknown, "tags": unknown}
    tags = read("ListTagsForResource", client.list_tags_for_resource, {"resourceArn": arn})
    return {
        "tags": tags if "error" in tags else {"tags": tags.get("tags")},
        "harness": _harness(client, read, runtime),
        "resource_policy": read_policy(client, read, arn),
    }


def read_policy(client: Client, read: Read, arn: str) -> str | Answer | None:
    """Return the text of the resource policy, None when there is none, or `{"error": code}`."""
    policy = read("GetResourcePolicy", client.get_resource_policy, {"resourceArn": arn})
    return policy if policy.get("error", _NOT_FOUND) != _NOT_FOUND else policy.get("policy")


def _harness(client: Client, read: Read, runtime: Answer) -> str | Answer | None:
    """The id of the harness that manages the runtime; those whose name the runtime's name has are asked first."""
    name = str(runtime.get("agentRuntimeName"))
    if not name.startswith(_HARNESS_PREFIX):
        return None
    harnesses, unread = _harnesses(client, read)
    own = name.removeprefix(_HARNESS_PREFIX)
    harnesses.sort(key=lambda each: not own.startswith(str(each.get("harnessName"))))
    for harness in harnesses[:_MOST_ASKED]:
        answer = read("GetHarness", client.get_harness, {"harnessId": harness["harnessId"]})
        if "error" in answer:
            unread = answer
        elif _runtime_of(answer) == runtime.get("agentRuntimeId"):
            return str(harness["harnessId"])
    return unread or (_TOO_MANY if len(harnesses) > _MOST_ASKED else None)


def _harnesses(client: Client, read: Read) -> tuple[list[Answer], Answer | None]:
    """ListHarnesses' items, page by page, and `{"error": code}` where there are more of them."""
    harnesses: list[Answer] = []
    arguments: dict[str, Any] = {"maxResults": _PAGE_SIZE}
    for _ in range(_MOST_PAGES):
        page = read("ListHarnesses", client.list_harnesses, arguments)
        if "error" in page:
            return harnesses, page
        harnesses += page["harnesses"]
        if not page.get("nextToken"):
            return harnesses, None
        arguments["nextToken"] = page["nextToken"]
    return harnesses, _TOO_MANY


def _runtime_of(answer: Answer) -> object:
    environment = answer["harness"].get("environment", {})
    return environment.get("agentCoreRuntimeEnvironment", {}).get("agentRuntimeId")
