"""The deployed zip in REPAIR and in QUARANTINE, under its own role and nothing more than that allows."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from guardrail_lab.cloud import ACCOUNT, LocalCloud
from tests.end_to_end.conftest import Guarded
from tests.patience import eventually


@pytest.fixture
def runtime(responding: Guarded, name: str) -> str:
    """A runtime whose two endpoints serve a public version."""
    agentcore = responding.cloud.client("bedrock-agentcore-control")
    responding.cloud.lose_events(2)
    runtime_id = responding.developer.create_public(name)
    responding.developer.wait_until_ready(runtime_id)
    responding.developer.pin(runtime_id, "prod", "1")
    assert agentcore.get_agent_runtime(agentRuntimeId=runtime_id)["agentRuntimeVersion"] == "1"
    responding.cloud.clear_faults()
    return runtime_id


def sweep(guarded: Guarded) -> None:
    """Have every runtime looked at; nobody but our own roles could put a look on the queue."""
    guarded.cloud.client("lambda").invoke(FunctionName=guarded.outputs.sweep_function, Payload=b"{}")


def served(guarded: Guarded, runtime_id: str) -> dict[str, str | None]:
    items = guarded.cloud.client("bedrock-agentcore-control").list_agent_runtime_endpoints(agentRuntimeId=runtime_id)
    return {item["name"]: item.get("liveVersion") for item in items["runtimeEndpoints"]}


def denial(guarded: Guarded, runtime_id: str) -> bool:
    arn = f"arn:aws:bedrock-agentcore:{guarded.cloud.region}:{ACCOUNT}:runtime/{runtime_id}"
    agentcore = guarded.cloud.client("bedrock-agentcore-control")
    try:
        return "NetworkGuardrailQuarantine" in agentcore.get_resource_policy(resourceArn=arn).get("policy", "")
    except agentcore.exceptions.ResourceNotFoundException:
        return False


def refused(cloud: LocalCloud) -> list[str]:
    return [call.operation for call in cloud.calls() if call.status in (401, 403)]


def settings_of(guarded: Guarded, **changes: str) -> None:
    """Change variables of the function, as a deployment with another context would."""
    functions = guarded.cloud.client("lambda")
    name = guarded.outputs.verify_function
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": {**variables, **changes}})


def test_in_repair_a_runtime_with_two_endpoints_is_contained_under_the_functions_own_role(
    responding: Guarded, runtime: str
):
    agentcore = responding.cloud.client("bedrock-agentcore-control")
    before = agentcore.get_agent_runtime(agentRuntimeId=runtime)
    responding.cloud.forget_calls()

    sweep(responding)
    eventually(lambda: served(responding, runtime) == {"DEFAULT": "2", "prod": "2"})
    eventually(lambda: not denial(responding, runtime))

    after = agentcore.get_agent_runtime(agentRuntimeId=runtime)
    assert after["networkConfiguration"]["networkMode"] == "VPC"
    for member in ("environmentVariables", "roleArn", "agentRuntimeArtifact", "lifecycleConfiguration"):
        assert after[member] == before[member]
    assert refused(responding.cloud) == []
    records = eventually(lambda: kept(responding, runtime, "change-outcome", 4))
    assert [record["step"] for record in records] == [
        "deny-invocation",
        "repair-network",
        "move-endpoint",
        "lift-denial",
    ]
    assert all(record["outcome"] == "done" and record["intact"] for record in records)


def kept(guarded: Guarded, runtime_id: str, kind: str, count: int) -> list[dict[str, Any]]:
    found = [record for record in guarded.evidence(runtime_id) if record["kind"] == kind]
    return sorted(found, key=lambda record: record["at"]) if len(found) >= count else []


def test_in_quarantine_it_is_made_uncallable_and_stays_as_it_is(responding: Guarded, runtime: str):
    settings_of(responding, RESPONSE_MODE="QUARANTINE")
    try:
        sweep(responding)
        eventually(lambda: denial(responding, runtime))
        eventually(lambda: kept(responding, runtime, "change-outcome", 1))

        assert served(responding, runtime) == {"DEFAULT": "1", "prod": "1"}
        [outcome] = kept(responding, runtime, "change-outcome", 1)
        assert (outcome["step"], outcome["mode"]) == ("deny-invocation", "QUARANTINE")
    finally:
        responding.cloud.client("bedrock-agentcore-control").delete_agent_runtime_endpoint(
            agentRuntimeId=runtime, endpointName="prod"
        )
        settings_of(responding, RESPONSE_MODE="REPAIR")


@contextmanager
def without(guarded: Guarded, action: str) -> Iterator[None]:
    """Take one permission from the role of verify_runtime."""
    iam = guarded.cloud.client("iam")
    role = (
        guarded.cloud.client("lambda")
        .get_function_configuration(FunctionName=guarded.outputs.verify_function)["Role"]
        .rpartition("/")[2]
    )
    [name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    denied = {"Effect": "Deny", "Action": action, "Resource": "*"}
    taken = {**document, "Statement": [*document["Statement"], denied]}
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(taken))
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))


@pytest.mark.parametrize("action", ["UpdateAgentRuntime", "PutResourcePolicy"])
def test_a_permission_that_is_missing_is_named_in_the_log_and_leaves_a_dead_letter(
    responding: Guarded, runtime: str, action: str
):
    with without(responding, f"bedrock-agentcore:{action}"):
        sweep(responding)
        letters = eventually(lambda: [letter for letter in responding.dead_letters() if runtime in letter["Body"]])
        why = f"bedrock-agentcore-control:{action} failed: AccessDeniedException"
        eventually(lambda: why in responding.log_text())

    assert json.loads(letters[0]["Body"])["runtime_id"] == runtime
    if action == "UpdateAgentRuntime":
        eventually(lambda: kept(responding, runtime, "response-escalated", 1))
        assert served(responding, runtime) == {"DEFAULT": "1", "prod": "1"}
        sweep(responding)
    eventually(lambda: served(responding, runtime) == {"DEFAULT": "2", "prod": "2"})
    eventually(lambda: not denial(responding, runtime))
