import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from guardrail_lab.agentcore.constraints import broken_constraints, compiled
from tests.guardrail_lab.arrange import GROUP, IMAGE, ROLE, SUBNET, VPC, new_runtime


@pytest.fixture(scope="module")
def create_agent_runtime():
    model = ServiceModel(Loader().load_service_model("bedrock-agentcore-control", "service-2"))
    return model.operation_model("CreateAgentRuntime").input_shape


def placed(**config):
    return {"networkMode": "VPC", "networkModeConfig": {"subnets": [SUBNET], "securityGroups": [GROUP], **config}}


def test_a_request_within_the_model_breaks_nothing(create_agent_runtime):
    request = new_runtime(
        networkConfiguration=VPC,
        environmentVariables={"STAGE": "prod"},
        lifecycleConfiguration={"idleRuntimeSessionTimeout": 60},
        allowedPorts=[{"port": 8080}],
        tags={"team": "orders"},
    )

    assert list(broken_constraints(create_agent_runtime, request)) == []
    assert compiled(create_agent_runtime)(request)


@pytest.mark.parametrize(
    ("members", "where", "what"),
    [
        pytest.param({"roleArn": None}, "roleArn", "must not be null", id="required"),
        pytest.param({"roleArn": "x"}, "roleArn", "regular expression", id="pattern"),
        pytest.param({"agentRuntimeName": "a" * 49}, "agentRuntimeName", "regular expression", id="whole pattern"),
        pytest.param({"agentRuntimeName": 5}, "agentRuntimeName", "must be a string", id="type"),
        pytest.param({"description": ""}, "description", "greater than or equal to 1", id="shortest"),
        pytest.param({"description": "x" * 4097}, "description", "less than or equal to 4096", id="longest"),
        pytest.param(
            {"networkConfiguration": {"networkMode": "ISOLATED"}}, "networkConfiguration.networkMode", "enum", id="enum"
        ),
        pytest.param(
            {"networkConfiguration": {}}, "networkConfiguration.networkMode", "not be null", id="deep required"
        ),
        pytest.param(
            {"networkConfiguration": placed(subnets=[])},
            "networkConfiguration.networkModeConfig.subnets",
            "greater than or equal to 1",
            id="empty list",
        ),
        pytest.param(
            {"networkConfiguration": placed(subnets=[SUBNET] * 17)},
            "networkConfiguration.networkModeConfig.subnets",
            "less than or equal to 16",
            id="long list",
        ),
        pytest.param(
            {"networkConfiguration": placed(securityGroups=[GROUP, "sg-!"])},
            "networkConfiguration.networkModeConfig.securityGroups.2.member",
            "regular expression",
            id="list item",
        ),
        pytest.param(
            {"networkConfiguration": placed(requireServiceS3Endpoint="no")},
            "networkConfiguration.networkModeConfig.requireServiceS3Endpoint",
            "must be a boolean",
            id="boolean",
        ),
        pytest.param(
            {"lifecycleConfiguration": {"maxLifetime": 59}},
            "lifecycleConfiguration.maxLifetime",
            "have value greater than or equal to 60",
            id="smallest",
        ),
        pytest.param(
            {"lifecycleConfiguration": {"maxLifetime": True}},
            "lifecycleConfiguration.maxLifetime",
            "must be a integer",
            id="a boolean is no number",
        ),
        pytest.param(
            {"environmentVariables": {"": "x"}}, "environmentVariables.key", "greater than or equal to 1", id="map key"
        ),
        pytest.param(
            {"environmentVariables": {"A": "x" * 5001}},
            "environmentVariables.value",
            "less than or equal to 5000",
            id="map value",
        ),
        pytest.param({"agentRuntimeArtifact": {}}, "agentRuntimeArtifact", "exactly one member", id="empty union"),
        pytest.param(
            {"agentRuntimeArtifact": {**IMAGE, "codeConfiguration": {}}},
            "agentRuntimeArtifact",
            "exactly one member",
            id="full union",
        ),
    ],
)
def test_what_breaks_the_model_is_named_with_its_path(create_agent_runtime, members, where, what):
    request = {name: value for name, value in new_runtime(**members).items() if value is not None}

    broken = dict(broken_constraints(create_agent_runtime, request))

    assert what in broken[where]
    assert not compiled(create_agent_runtime)(request)


def test_a_document_may_hold_anything():
    model = ServiceModel(Loader().load_service_model("bedrock-agentcore-control", "service-2"))
    harness = model.operation_model("CreateHarness").input_shape
    bedrock = {"modelId": "x", "additionalParams": [1, {"any": None}]}
    request = {"harnessName": "h", "executionRoleArn": ROLE, "model": {"bedrockModelConfig": bedrock}}

    assert list(broken_constraints(harness, request)) == []
    assert compiled(harness)(request)
