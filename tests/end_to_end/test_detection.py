"""The deployed zip, unmodified, from AgentCore's call to the verdict."""

import json

from tests.end_to_end.conftest import Guarded
from tests.patience import eventually


def test_a_public_runtime_is_seen_judged_recorded_and_reported(deployed: Guarded, name):
    runtime_id = deployed.developer.create_public(name)

    finding = deployed.wait(runtime_id, "NON_COMPLIANT")

    [violation] = finding["verdict"]["violations"]
    assert (violation["rule"], violation["endpoints"], violation["observed"]) == ("network-mode", ["DEFAULT"], "PUBLIC")
    assert finding["cause"]["action"] == "CreateAgentRuntime"
    [record] = deployed.evidence(runtime_id)
    assert record["intact"]
    assert finding["evidence"] == f"s3://{deployed.outputs.evidence_bucket}/{record['key']}"
    assert record["verdict"]["digest"] == finding["verdict"]["digest"]


def test_a_runtime_inside_the_landing_zone_is_recorded_but_nobody_is_disturbed(deployed: Guarded, name):
    deployed.listener.messages()

    runtime_id = deployed.developer.create_in_vpc(name)
    deployed.wait(runtime_id, "COMPLIANT")

    assert [record["verdict"]["compliance"] for record in deployed.evidence(runtime_id)] == ["COMPLIANT"]
    assert not [message for message in deployed.listener.messages() if runtime_id in message]


def test_an_endpoint_on_an_old_public_version_is_found_although_default_is_fine(deployed: Guarded, name):
    runtime_id = deployed.developer.create_public(name)
    deployed.developer.pin(runtime_id, "prod", "1")
    deployed.developer.move_into_vpc(runtime_id)

    finding = deployed.wait_for(
        runtime_id,
        lambda verdict: [violation["endpoints"] for violation in verdict["violations"]] == [["prod"]],
    )

    assert finding["verdict"]["compliance"] == "NON_COMPLIANT"
    assert "update-agent-runtime-endpoint" in finding["verdict"]["violations"][0]["fix"]["cli"]


def test_a_repaired_runtime_is_reported_as_well_again(deployed: Guarded, name):
    runtime_id = deployed.developer.create_public(name)
    deployed.wait(runtime_id, "NON_COMPLIANT")
    deployed.listener.messages()

    deployed.developer.move_into_vpc(runtime_id)
    finding = deployed.wait(runtime_id, "COMPLIANT")

    assert finding["previous"] == "NON_COMPLIANT"
    told = "is COMPLIANT (was NON_COMPLIANT)"
    assert eventually(lambda: [message for message in deployed.listener.messages() if told in message])


def test_the_same_event_twice_is_recorded_and_reported_once(deployed: Guarded, name):
    runtime_id = deployed.developer.create_public(name)
    deployed.wait(runtime_id, "NON_COMPLIANT")
    eventually(deployed.queues_are_done)
    deployed.cloud.forget_calls()

    look = json.dumps({"version": 1, "runtime_id": runtime_id, "reason": "operator", "attempt": 1})
    deployed.put_on_queue(look)
    deployed.put_on_queue(look)
    eventually(deployed.queues_are_done)

    operations = [call.operation for call in deployed.cloud.calls()]
    assert operations.count("GetAgentRuntime") >= 2
    assert set(operations) == {"GetItem", "GetAgentRuntime", "ListAgentRuntimeEndpoints", "Query"}
    assert len(deployed.evidence(runtime_id)) == 1


def test_a_lost_event_is_made_up_for_by_the_sweep(deployed: Guarded, name):
    deployed.cloud.lose_events(1)
    runtime_id = deployed.developer.create_public(name)

    answer = deployed.cloud.client("lambda").invoke(FunctionName=deployed.outputs.sweep_function, Payload=b"{}")

    assert json.loads(answer["Payload"].read())["skipped"] is False
    finding = deployed.wait(runtime_id, "NON_COMPLIANT")
    assert finding["cause"] is None


def test_a_dormant_public_version_is_reported_by_the_sweep_as_dormant(deployed: Guarded, name):
    runtime_id = deployed.developer.create_public(name)
    deployed.developer.move_into_vpc(runtime_id)
    deployed.wait(runtime_id, "COMPLIANT")

    deployed.cloud.client("lambda").invoke(FunctionName=deployed.outputs.sweep_function, Payload=b"{}")
    finding = deployed.wait_for(runtime_id, lambda verdict: bool(verdict["dormant"]))

    assert finding["verdict"]["compliance"] == "COMPLIANT"
    assert finding["verdict"]["dormant"] == [
        {"rule": "network-mode", "version": "1", "observed": "PUBLIC", "allowed": "VPC"}
    ]


def test_a_deleted_runtime_is_recorded_as_gone(deployed: Guarded, name):
    runtime_id = deployed.developer.create_public(name)
    deployed.wait(runtime_id, "NON_COMPLIANT")

    deployed.cloud.client("bedrock-agentcore-control").delete_agent_runtime(agentRuntimeId=runtime_id)

    eventually(lambda: [record["kind"] for record in deployed.evidence(runtime_id)] == ["verdict", "runtime-gone"])


def test_in_observe_the_functions_change_nothing_but_their_own(deployed: Guarded, name):
    deployed.cloud.forget_calls()
    deployed.wait(deployed.developer.create_public(name), "NON_COMPLIANT")
    deployed.cloud.client("lambda").invoke(FunctionName=deployed.outputs.sweep_function, Payload=b"{}")

    calls = {(call.service, call.operation) for call in deployed.cloud.calls()}

    assert ("bedrock-agentcore-control", "GetAgentRuntime") in calls
    assert calls <= {
        ("bedrock-agentcore-control", "GetAgentRuntime"),
        ("bedrock-agentcore-control", "ListAgentRuntimeEndpoints"),
        ("bedrock-agentcore-control", "ListAgentRuntimes"),
        ("bedrock-agentcore-control", "ListBrowsers"),
        ("bedrock-agentcore-control", "ListCodeInterpreters"),
        ("dynamodb", "GetItem"),
        ("dynamodb", "Query"),
        ("dynamodb", "UpdateItem"),
        ("dynamodb", "PutItem"),
        ("s3", "PutObject"),
        ("events", "PutEvents"),
        ("sns", "Publish"),
        ("sqs", "SendMessage"),
        ("sqs", "SendMessageBatch"),
        ("sqs", "GetQueueAttributes"),
    }
