import pytest
from botocore.exceptions import ClientError

from tests.guardrail_lab.arrange import PUBLIC, new_runtime


def test_a_request_that_breaks_our_sdks_model_is_refused_with_its_fields(cloud, account):
    agentcore = cloud.client("bedrock-agentcore-control", account=account)

    with pytest.raises(ClientError) as refused:
        agentcore.create_agent_runtime(
            **new_runtime(agentRuntimeName="or-ders", roleArn="x", networkConfiguration=PUBLIC)
        )

    answer = refused.value.response
    assert answer["Error"]["Code"] == "ValidationException"
    assert answer["reason"] == "FieldValidationFailed"
    assert [field["name"] for field in answer["fieldList"]] == ["agentRuntimeName", "roleArn"]


def test_a_refusal_does_not_repeat_what_was_sent(cloud, account):
    agentcore = cloud.client("bedrock-agentcore-control", account=account)

    with pytest.raises(ClientError) as refused:
        agentcore.create_agent_runtime(**new_runtime(environmentVariables={"TOKEN": "s3cret" * 1000}))

    assert "5000" in str(refused.value)
    assert "s3cret" not in str(refused.value.response)


def test_ministack_still_accepts_what_our_sdks_model_forbids(cloud_without, account):
    agentcore = cloud_without("validation").client("bedrock-agentcore-control", account=account)

    made = agentcore.create_agent_runtime(**new_runtime(roleArn="x", networkConfiguration=PUBLIC))

    assert made["status"] == "CREATING"
