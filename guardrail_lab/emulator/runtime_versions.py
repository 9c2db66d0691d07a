"""A runtime version holds what its request said: ministack demands a network, merges updates, drops newer members."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import bedrock_agentcore as agentcore

from guardrail_lab.emulator.agentcore_model import AgentCoreModel
from guardrail_lab.emulator.seam import Answer, replace

# Get always answers with one; these are the service's defaults, in seconds.
DEFAULT_LIFECYCLE = {"idleRuntimeSessionTimeout": 900, "maxLifetime": 28800}


def install(model: AgentCoreModel) -> None:
    """Make Create and Update store the request's configuration, the whole of it and nothing else."""
    members = model.configuration()

    def keep(answer: Answer, sent: Mapping[str, Any]) -> Answer:
        if answer.status < 400:
            _keep_as_sent(agentcore._runtimes[answer.document["agentRuntimeId"]], sent, members)
        return answer

    def create(original: Callable[[bytes], tuple[int, dict[str, str], bytes]]) -> Callable[[bytes], Answer]:
        return lambda body: keep(Answer(*original(_with_network(body))), json.loads(body))

    def update(original: Callable[[str, bytes], tuple[int, dict[str, str], bytes]]) -> Callable[[str, bytes], Answer]:
        return lambda runtime_id, body: keep(Answer(*original(runtime_id, _with_network(body))), json.loads(body))

    replace(agentcore, "_create_agent_runtime", create)
    replace(agentcore, "_update_agent_runtime", update)


def _with_network(body: bytes) -> bytes:
    # The original refuses a request without a network; what it then stores is replaced by what was sent.
    return json.dumps({"networkConfiguration": {"networkMode": "PUBLIC"}, **json.loads(body)}).encode()


def _keep_as_sent(record: dict[str, Any], sent: Mapping[str, Any], members: frozenset[str]) -> None:
    for member in members:
        record.pop(member, None)
    record |= {member: sent[member] for member in members if sent.get(member) is not None}
    record.setdefault("lifecycleConfiguration", dict(DEFAULT_LIFECYCLE))
    record["_versions"][record["agentRuntimeVersion"]] = agentcore._version_snapshot(record)
