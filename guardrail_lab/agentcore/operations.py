"""The operations by the names that the API gives them."""

from collections.abc import Callable, Mapping
from typing import Any

from guardrail_lab.agentcore.account import Account
from guardrail_lab.agentcore.endpoints import Endpoints
from guardrail_lab.agentcore.faults import Faults
from guardrail_lab.agentcore.harnesses import Harnesses
from guardrail_lab.agentcore.resource_policies import ResourcePolicies
from guardrail_lab.agentcore.resources import BROWSER, CAPACITY_PROVIDER, CODE_INTERPRETER, Resources
from guardrail_lab.agentcore.runtimes import Runtimes
from guardrail_lab.agentcore.tags import Tags

Operation = Callable[[Mapping[str, Any], float], dict[str, Any]]


def operations(
    account: Account, faults: Faults, tags: Tags, policies: ResourcePolicies, members: frozenset[str]
) -> dict[str, Operation]:
    """Return every operation that the lab has.

    Args:
        members: What a runtime's version is made of.
    """
    runtimes = Runtimes(account, faults, tags, members)
    harnesses = Harnesses(account, runtimes, tags)
    return {
        **_five("AgentRuntime", "AgentRuntimes", runtimes),
        **_five("AgentRuntimeEndpoint", "AgentRuntimeEndpoints", Endpoints(account, tags)),
        **_five("Harness", "Harnesses", harnesses),
        **_five("Browser", "Browsers", Resources(BROWSER, account, tags)),
        **_five("CodeInterpreter", "CodeInterpreters", Resources(CODE_INTERPRETER, account, tags)),
        **_five("CapacityProvider", "CapacityProviders", Resources(CAPACITY_PROVIDER, account, tags)),
        "ListAgentRuntimeVersions": runtimes.list_versions,
        "ListAgentRuntimeVersionsByCapacityProvider": runtimes.list_versions_by_provider,
        "ListHarnessVersions": harnesses.list_versions,
        "PutResourcePolicy": policies.put,
        "GetResourcePolicy": policies.get,
        "DeleteResourcePolicy": policies.delete,
        "ListTagsForResource": tags.list,
        "TagResource": tags.tag,
        "UntagResource": tags.untag,
    }


def _five(one: str, many: str, owner: object) -> dict[str, Operation]:
    """The usual verbs, as far as there are methods for them: a tool has no update."""
    names = {f"{verb}{one}": verb for verb in ("Create", "Get", "Update", "Delete")} | {f"List{many}": "List"}
    found = {name: getattr(owner, verb.lower(), None) for name, verb in names.items()}
    return {name: method for name, method in found.items() if method is not None}
