"""One way to call AWS: how often, how long, under which name, and what its failures are called."""

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from guardrail.core.errors import GatewayError
from guardrail.gateways.aws import client_factory, failures_of, is_retryable
from tests.builders import RUNTIME_ID, snapshot_document


def client_error(code, status=400):
    answer = {"Error": {"Code": code, "Message": "secret"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "GetAgentRuntime")


@pytest.mark.parametrize(
    ("code", "status", "retryable"),
    [
        ("ThrottlingException", 400, True),
        ("ThrottlingException", 429, True),
        ("ProvisionedThroughputExceededException", 400, True),
        ("SlowDown", 503, True),
        ("Anything", 429, True),
        ("InternalServerException", 500, True),
        ("ServiceUnavailable", 503, True),
        ("AccessDeniedException", 403, False),
        ("ValidationException", 400, False),
        ("ResourceNotFoundException", 404, False),
    ],
)
def test_a_call_may_succeed_later_when_it_was_throttled_or_the_service_failed(code, status, retryable):
    assert is_retryable(client_error(code, status)) is retryable


@pytest.mark.parametrize(
    ("error", "text", "retryable"),
    [
        (client_error("AccessDenied", 403), "s3:PutObject failed: AccessDenied", False),
        (client_error("InternalError", 500), "s3:PutObject failed: InternalError", True),
        (ClientError({}, "x"), "s3:PutObject failed: Unknown", False),
        (ReadTimeoutError(endpoint_url="https://secret"), "s3:PutObject failed: ReadTimeoutError", True),
        (EndpointConnectionError(endpoint_url="https://secret"), "s3:PutObject failed: EndpointConnectionError", True),
        (ConnectTimeoutError(endpoint_url="https://secret"), "s3:PutObject failed: ConnectTimeoutError", True),
        (KeyError("secret"), "s3:PutObject failed: KeyError in its answer", True),
        (NoCredentialsError(), "s3:PutObject failed: NoCredentialsError", False),
        (BotoCoreError(), "s3:PutObject failed: BotoCoreError", False),
    ],
)
def test_a_failure_is_told_by_operation_and_code_and_never_by_the_services_own_text(error, text, retryable):
    with pytest.raises(GatewayError) as failed, failures_of("s3:PutObject"):
        raise error

    assert (str(failed.value), failed.value.retryable) == (text, retryable)
    assert failed.value.__cause__ is None


def test_an_error_that_is_not_awss_is_left_alone():
    with pytest.raises(ZeroDivisionError), failures_of("s3:PutObject"):
        raise ZeroDivisionError


def test_a_client_is_made_once_and_knows_its_limits(aws):
    factory = client_factory("verify_runtime")
    client = factory("sqs")
    config = client.meta.config

    assert factory("sqs") is client
    assert (config.connect_timeout, config.read_timeout) == (3, 8)
    assert config.retries["total_max_attempts"] == 4
    assert config.retries["mode"] == "standard"
    assert config.user_agent_extra == "agentcore-guardrail/verify_runtime"


def test_a_call_that_was_throttled_once_is_tried_again_before_it_counts_as_failed(agentcore, aws):
    agentcore.runtimes[RUNTIME_ID] = snapshot_document({1: None}, {})
    agentcore.faults["GetAgentRuntime"] = [(429, "ThrottlingException")]

    answer = client_factory("verify_runtime")("bedrock-agentcore-control").get_agent_runtime(agentRuntimeId=RUNTIME_ID)

    assert answer["agentRuntimeId"] == RUNTIME_ID
    assert agentcore.calls == ["GetAgentRuntime"] * 2
