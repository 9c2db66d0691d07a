import pytest

from guardrail_lab.agentcore.errors import ServiceError
from tests.guardrail_lab.arrange import new_runtime


def test_a_request_that_breaks_the_model_is_refused_with_its_fields(plane):
    with pytest.raises(ServiceError) as refused:
        plane.call("CreateAgentRuntime", new_runtime(agentRuntimeName="or-ders", roleArn="x"))

    assert (refused.value.code, refused.value.extra["reason"]) == ("ValidationException", "FieldValidationFailed")
    assert [field["name"] for field in refused.value.extra["fieldList"]] == ["agentRuntimeName", "roleArn"]


def test_a_refusal_does_not_repeat_what_was_sent(plane):
    with pytest.raises(ServiceError) as refused:
        plane.call("CreateAgentRuntime", new_runtime(environmentVariables={"TOKEN": "s3cret" * 1000}))

    assert "5000" in refused.value.message
    assert "s3cret" not in f"{refused.value} {refused.value.extra}"
