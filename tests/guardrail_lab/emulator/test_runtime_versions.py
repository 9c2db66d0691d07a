import pytest
from botocore.exceptions import ClientError

from tests.guardrail_lab.arrange import PUBLIC, VPC, new_runtime, new_version


def configuration(agentcore, runtime_id, **version):
    found = agentcore.get_agent_runtime(agentRuntimeId=runtime_id, **version)
    return {name: found.get(name) for name in ("networkConfiguration", "description", "allowedPorts")}


def test_a_network_that_was_not_given_stays_absent(cloud, account):
    agentcore = cloud.client("bedrock-agentcore-control", account=account)

    made = agentcore.create_agent_runtime(**new_runtime())

    assert "networkConfiguration" not in agentcore.get_agent_runtime(agentRuntimeId=made["agentRuntimeId"])


def test_an_update_replaces_the_whole_configuration_and_keeps_the_old_version(cloud, account):
    agentcore = cloud.client("bedrock-agentcore-control", account=account)
    before = {"networkConfiguration": PUBLIC, "description": "orders", "allowedPorts": [{"port": 8080}]}
    runtime_id = agentcore.create_agent_runtime(**new_runtime(**before))["agentRuntimeId"]

    agentcore.update_agent_runtime(**new_version(runtime_id, networkConfiguration=VPC))

    after = {"networkConfiguration": VPC, "description": None, "allowedPorts": None}
    assert configuration(agentcore, runtime_id) == after
    assert configuration(agentcore, runtime_id, agentRuntimeVersion="2") == after
    assert configuration(agentcore, runtime_id, agentRuntimeVersion="1") == before


def test_an_update_may_leave_the_network_out(cloud, account):
    agentcore = cloud.client("bedrock-agentcore-control", account=account)
    runtime_id = agentcore.create_agent_runtime(**new_runtime(networkConfiguration=VPC))["agentRuntimeId"]

    agentcore.update_agent_runtime(**new_version(runtime_id))

    assert configuration(agentcore, runtime_id)["networkConfiguration"] is None


def test_a_runtime_has_the_services_default_lifecycle(cloud, account):
    agentcore = cloud.client("bedrock-agentcore-control", account=account)

    made = agentcore.create_agent_runtime(**new_runtime())

    lifecycle = agentcore.get_agent_runtime(agentRuntimeId=made["agentRuntimeId"])["lifecycleConfiguration"]
    assert lifecycle == {"idleRuntimeSessionTimeout": 900, "maxLifetime": 28800}


def test_ministack_still_demands_a_network_and_merges_updates_and_drops_newer_members(cloud_without, account):
    agentcore = cloud_without("runtime_versions").client("bedrock-agentcore-control", account=account)
    with pytest.raises(ClientError, match="networkConfiguration is required"):
        agentcore.create_agent_runtime(**new_runtime())
    sent = new_runtime(networkConfiguration=PUBLIC, description="orders", allowedPorts=[{"port": 8080}])

    runtime_id = agentcore.create_agent_runtime(**sent)["agentRuntimeId"]
    agentcore.update_agent_runtime(**new_version(runtime_id, networkConfiguration=VPC))

    assert configuration(agentcore, runtime_id, agentRuntimeVersion="1")["allowedPorts"] is None
    assert configuration(agentcore, runtime_id)["description"] == "orders"
