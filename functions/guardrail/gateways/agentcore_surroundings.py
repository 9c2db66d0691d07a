"""What has to be known about a runtime, beside what is judged: its resource policy, its tags, its harness."""

from collections.abc import Callable, Iterator
from typing import Any

from guardrail.core.runtimes.snapshot import Answer
from guardrail.gateways.aws import Client

Read = Callable[[str, Callable[..., Any], dict[str, str]], Answer]
"""Calls one operation: its answer, or `{"error": code}` for what the service refuses."""

_NOT_FOUND = "ResourceNotFoundException"
_HARNESS_PREFIX = "harness_"
"""The names of runtimes that a harness manages begin so; for others no harness is looked for."""


def read_surroundings(client: Client, read: Read, runtime: Answer) -> dict[str, Any]:
    """Return `resource_policy`, `tags` and `harness`: absent, what AgentCore says, or `{"error": code}`.

    A runtime without a resource policy is answered with 404, or with an answer that has none.
    """
    arn = runtime.get("agentRuntimeArn")
    if not isinstance(arn, str):
        unknown = {"error": "the ARN of the runtime is not known"}
        return {"resource_policy": unknown, "tags": unknown}
    policy = read("GetResourcePolicy", client.get_resource_policy, {"resourceArn": arn})
    tags = read("ListTagsForResource", client.list_tags_for_resource, {"resourceArn": arn})
    return {
        "resource_policy": policy if policy.get("error", _NOT_FOUND) != _NOT_FOUND else policy.get("policy"),
        "tags": tags if "error" in tags else tags.get("tags"),
        "harness": _harness(client, read, runtime),
    }


def _harness(client: Client, read: Read, runtime: Answer) -> str | Answer | None:
    """The id of the harness that manages the runtime; those whose name the runtime's name has are asked first."""
    name = str(runtime.get("agentRuntimeName"))
    if not name.startswith(_HARNESS_PREFIX):
        return None
    harnesses = list(_harnesses(client, read))
    own = name.removeprefix(_HARNESS_PREFIX)
    harnesses.sort(key=lambda each: not own.startswith(str(each.get("harnessName"))))
    unread: Answer | None = None
    for harness in harnesses:
        asked = {"harnessId": harness["harnessId"]} if "error" not in harness else {}
        answer = read("GetHarness", client.get_harness, asked) if asked else harness
        if "error" in answer:
            unread = answer
        elif _runtime_of(answer) == runtime.get("agentRuntimeId"):
            return str(harness["harnessId"])
    return unread


def _harnesses(client: Client, read: Read) -> Iterator[Answer]:
    """ListHarnesses' items, page by page, at the end `{"error": code}` where a page was refused."""
    arguments: dict[str, str] = {}
    while True:
        page = read("ListHarnesses", client.list_harnesses, arguments)
        if "error" in page:
            yield page
            return
        yield from page["harnesses"]
        if not page.get("nextToken"):
            return
        arguments = {"nextToken": page["nextToken"]}


def _runtime_of(answer: Answer) -> object:
    environment = answer["harness"].get("environment", {})
    return environment.get("agentCoreRuntimeEnvironment", {}).get("agentRuntimeId")
