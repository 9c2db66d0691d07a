from guardrail_lab.cloud import LocalCloud
from guardrail_lab.deployment import LAB_ZONE
from guardrail_lab.developer import Developer


def test_a_developer_waits_for_a_runtime_to_settle_before_changing_it():
    with LocalCloud(settle_seconds=0.2) as cloud:
        developer = Developer(cloud, LAB_ZONE)

        runtime_id = developer.create_public("orders")
        developer.move_into_vpc(runtime_id)
        developer.pin(runtime_id, "prod", "1")

        found = cloud.client("bedrock-agentcore-control").list_agent_runtime_endpoints(agentRuntimeId=runtime_id)
        assert {each["name"]: each["targetVersion"] for each in found["runtimeEndpoints"]} == {
            "DEFAULT": "2",
            "prod": "1",
        }
