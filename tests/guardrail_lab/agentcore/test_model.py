import json

import pytest
from botocore.loaders import Loader

from guardrail_lab.agentcore.model import HIDDEN, AgentCoreModel, redacted

ARN = "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/orders-AbCdEfGhIj"
RUNTIME = {"agentRuntimeId": "orders-AbCdEfGhIj"}


@pytest.fixture(scope="module")
def model():
    return AgentCoreModel(Loader().load_service_model("bedrock-agentcore-control", "service-2"))


@pytest.mark.parametrize(
    ("method", "path", "query", "name", "parameters"),
    [
        ("PUT", "/runtimes/", {}, "CreateAgentRuntime", {}),
        ("PUT", "/runtimes", {}, "CreateAgentRuntime", {}),
        (
            "GET",
            "/runtimes/orders-AbCdEfGhIj/",
            {"version": ["3"]},
            "GetAgentRuntime",
            {**RUNTIME, "agentRuntimeVersion": "3"},
        ),
        ("POST", "/runtimes/", {"maxResults": ["5"]}, "ListAgentRuntimes", {"maxResults": 5}),
        ("PUT", f"/resourcepolicy/{ARN}", {}, "PutResourcePolicy", {"resourceArn": ARN}),
        (
            "DELETE",
            "/runtimes/orders-AbCdEfGhIj/runtime-endpoints/prod/",
            {},
            "DeleteAgentRuntimeEndpoint",
            {**RUNTIME, "endpointName": "prod"},
        ),
    ],
)
def test_a_request_is_read_as_the_sdk_wrote_it(model, method, path, query, name, parameters):
    call = model.read(method, path, query, b"")

    assert call.name == name
    assert call.parameters == parameters


def test_the_body_gives_the_other_parameters(model):
    call = model.read("PUT", "/runtimes/orders-AbCdEfGhIj/", {}, json.dumps({"roleArn": "r", "no": "member"}).encode())

    assert call.parameters == {**RUNTIME, "roleArn": "r"}


@pytest.mark.parametrize("body", [b"\xff{", b"[1]", b"null", b'{"roleArn": null}'])
def test_a_body_that_says_nothing_gives_no_parameters(model, body):
    assert model.read("PUT", "/runtimes/", {}, body).parameters == {}


def test_an_invocation_is_not_a_control_plane_call(model):
    assert model.read("POST", f"/runtimes/{ARN}/invocations", {}, b"") is None


@pytest.mark.parametrize(
    ("method", "path", "writes"),
    [("GET", "/runtimes/x/", False), ("POST", "/runtimes/", False), ("PUT", "/runtimes/", True)],
)
def test_gets_and_lists_change_nothing(model, method, path, writes):
    assert model.read(method, path, {}, b"").changes_something is writes


def test_the_configuration_of_a_version_is_what_update_takes_and_get_gives(model):
    configuration = model.configuration()

    assert {"networkConfiguration", "capacityProviderConfiguration", "allowedPorts", "roleArn"} <= configuration
    assert not {"agentRuntimeId", "clientToken", "status", "agentRuntimeVersion"} & configuration


def test_sensitive_members_are_hidden_wherever_they_are(model):
    shape = model.read("PUT", "/runtimes/", {}, b"").operation.input_shape
    sent = {
        "agentRuntimeName": "orders",
        "description": "s3cret",
        "environmentVariables": {"TOKEN": "s3cret"},
        "networkConfiguration": {"networkMode": "PUBLIC", "unknown": "s3cret"},
        "allowedPorts": [{"port": 8080}],
    }

    assert redacted(shape, sent) == {
        "agentRuntimeName": "orders",
        "description": HIDDEN,
        "environmentVariables": HIDDEN,
        "networkConfiguration": {"networkMode": "PUBLIC"},
        "allowedPorts": [{"port": 8080}],
    }
