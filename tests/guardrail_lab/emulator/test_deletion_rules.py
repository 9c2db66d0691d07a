import pytest

from tests.guardrail_lab.arrange import PUBLIC, VPC, new_runtime, new_version


@pytest.fixture
def agentcore(cloud, account):
    return cloud.client("bedrock-agentcore-control", account=account)


def runtime_of_three_versions(agentcore):
    """Version 1 serves prod, version 2 nobody, version 3 DEFAULT."""
    runtime_id = agentcore.create_agent_runtime(**new_runtime(networkConfiguration=PUBLIC))["agentRuntimeId"]
    agentcore.create_agent_runtime_endpoint(agentRuntimeId=runtime_id, name="prod", agentRuntimeVersion="1")
    for _ in range(2):
        agentcore.update_agent_runtime(**new_version(runtime_id, networkConfiguration=VPC))
    return runtime_id


def versions(agentcore, runtime_id):
    found = agentcore.list_agent_runtime_versions(agentRuntimeId=runtime_id)["agentRuntimes"]
    return sorted(version["agentRuntimeVersion"] for version in found)


def test_the_default_endpoint_cannot_be_deleted(agentcore):
    runtime_id = runtime_of_three_versions(agentcore)

    with pytest.raises(agentcore.exceptions.ConflictException):
        agentcore.delete_agent_runtime_endpoint(agentRuntimeId=runtime_id, endpointName="DEFAULT")


def test_a_runtime_is_deleted_only_after_its_named_endpoints(agentcore):
    runtime_id = runtime_of_three_versions(agentcore)
    with pytest.raises(agentcore.exceptions.ConflictException):
        agentcore.delete_agent_runtime(agentRuntimeId=runtime_id)

    agentcore.delete_agent_runtime_endpoint(agentRuntimeId=runtime_id, endpointName="prod")
    agentcore.delete_agent_runtime(agentRuntimeId=runtime_id)

    with pytest.raises(agentcore.exceptions.ResourceNotFoundException):
        agentcore.get_agent_runtime(agentRuntimeId=runtime_id)


def test_one_version_can_be_deleted_when_nothing_uses_it(agentcore):
    runtime_id = runtime_of_three_versions(agentcore)

    agentcore.delete_agent_runtime(agentRuntimeId=runtime_id, agentRuntimeVersion="2")

    assert versions(agentcore, runtime_id) == ["1", "3"]


@pytest.mark.parametrize("version", [pytest.param("1", id="served by prod"), pytest.param("3", id="the newest")])
def test_a_version_in_use_stays(agentcore, version):
    runtime_id = runtime_of_three_versions(agentcore)

    with pytest.raises(agentcore.exceptions.ConflictException):
        agentcore.delete_agent_runtime(agentRuntimeId=runtime_id, agentRuntimeVersion=version)

    assert versions(agentcore, runtime_id) == ["1", "2", "3"]


def test_ministack_still_deletes_default_and_the_whole_runtime_for_one_version(cloud_without, account):
    agentcore = cloud_without("deletion_rules").client("bedrock-agentcore-control", account=account)
    runtime_id = runtime_of_three_versions(agentcore)

    agentcore.delete_agent_runtime_endpoint(agentRuntimeId=runtime_id, endpointName="DEFAULT")
    agentcore.delete_agent_runtime(agentRuntimeId=runtime_id, agentRuntimeVersion="2")

    assert agentcore.list_agent_runtimes()["agentRuntimes"] == []
