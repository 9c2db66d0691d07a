from tests.guardrail_lab.agentcore.arrange import endpoints, made, policy, refusal, updated
from tests.guardrail_lab.arrange import VPC


def test_an_endpoint_serves_its_new_version_only_after_a_while(agentcore, clock):
    runtime_id, _ = made(agentcore, clock)
    prod = {"agentRuntimeId": runtime_id, "endpointName": "prod"}
    agentcore.create_agent_runtime_endpoint(agentRuntimeId=runtime_id, name="prod")
    updated(agentcore, clock, runtime_id, networkConfiguration=VPC)

    answer = agentcore.update_agent_runtime_endpoint(**prod, agentRuntimeVersion="2")

    assert (answer["liveVersion"], answer["targetVersion"], answer["status"]) == ("1", "2", "UPDATING")
    assert refusal(agentcore.update_agent_runtime_endpoint, **prod, agentRuntimeVersion="1") == "ConflictException"
    clock.advance(9)
    assert endpoints(agentcore, runtime_id)["prod"] == ("1", "2", "UPDATING")
    clock.advance(1)
    assert endpoints(agentcore, runtime_id)["prod"] == ("2", "2", "READY")


def test_default_is_not_anybodys_to_move_or_delete(agentcore, clock):
    runtime_id, _ = made(agentcore, clock)
    default = {"agentRuntimeId": runtime_id, "endpointName": "DEFAULT"}

    assert refusal(agentcore.delete_agent_runtime_endpoint, **default) == "ConflictException"
    assert refusal(agentcore.update_agent_runtime_endpoint, **default, agentRuntimeVersion="1") == "ConflictException"


def test_an_endpoint_takes_ready_versions_only(agentcore, clock, plane):
    runtime_id, _ = made(agentcore, clock)
    plane.faults.fail_next_update(runtime_id, "no addresses left")
    updated(agentcore, clock, runtime_id)

    codes = [
        refusal(
            agentcore.create_agent_runtime_endpoint, agentRuntimeId=runtime_id, name="e", agentRuntimeVersion=version
        )
        for version in ("2", "3", "1")
    ]

    assert codes == ["ConflictException", "ResourceNotFoundException", "not refused"]
    on_the_newest = {"agentRuntimeId": runtime_id, "name": "f"}
    assert refusal(agentcore.create_agent_runtime_endpoint, **on_the_newest) == "ConflictException"


def test_two_endpoints_have_two_names_until_one_is_gone(agentcore, clock):
    runtime_id, arn = made(agentcore, clock)
    create = {"agentRuntimeId": runtime_id, "name": "prod"}
    agentcore.create_agent_runtime_endpoint(**create, tags={"team": "orders"})
    assert refusal(agentcore.create_agent_runtime_endpoint, **create) == "ConflictException"
    clock.advance(10)
    prod = f"{arn}/runtime-endpoint/prod"
    agentcore.put_resource_policy(resourceArn=prod, policy=policy())

    agentcore.delete_agent_runtime_endpoint(agentRuntimeId=runtime_id, endpointName="prod")
    assert refusal(agentcore.delete_agent_runtime, agentRuntimeId=runtime_id) == "ConflictException"
    clock.advance(10)
    agentcore.create_agent_runtime_endpoint(**create)

    assert agentcore.list_tags_for_resource(resourceArn=prod)["tags"] == {}
    assert refusal(agentcore.get_resource_policy, resourceArn=prod) == "ResourceNotFoundException"


def test_one_endpoint_can_be_looked_at(agentcore, clock, plane):
    runtime_id, _ = made(agentcore, clock)
    plane.faults.fail_next_update(runtime_id, "no addresses left")
    updated(agentcore, clock, runtime_id)

    found = agentcore.get_agent_runtime_endpoint(agentRuntimeId=runtime_id, endpointName="DEFAULT")

    assert (found["status"], found["failureReason"]) == ("UPDATE_FAILED", "no addresses left")
    gone = {"agentRuntimeId": runtime_id, "endpointName": "gone"}
    assert refusal(agentcore.get_agent_runtime_endpoint, **gone) == "ResourceNotFoundException"
