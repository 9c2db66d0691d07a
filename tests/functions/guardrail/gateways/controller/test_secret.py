"""The login in a Secrets Manager secret: read once, and again when it was rejected."""

import json

import pytest

from guardrail.core.errors import GatewayError, InvalidInput
from guardrail.gateways.controller.hidden import Hidden
from guardrail.gateways.controller.login import Login
from guardrail.gateways.controller.secret import SecretLogin

DOCUMENT = {"url": "https://controller.example", "username": "admin", "password": "canary-1"}


@pytest.fixture
def secrets(aws):
    client = aws("secretsmanager")
    client.create_secret(Name="controller", SecretString=json.dumps(DOCUMENT))
    return client


def rotate(secrets, text):
    secrets.put_secret_value(SecretId="controller", SecretString=text)


def test_the_secret_is_read_on_first_use_and_kept(aws, secrets):
    source = SecretLogin(aws, "controller")

    assert source.login() == Login("controller.example", 443, "admin", Hidden("canary-1"))
    rotate(secrets, json.dumps(DOCUMENT | {"password": "canary-2"}))
    assert source.login().password == Hidden("canary-1")


def test_a_fresh_login_is_read_now_and_kept(aws, secrets):
    source = SecretLogin(aws, "controller")
    source.login()
    rotate(secrets, json.dumps(DOCUMENT | {"url": "https://other.example", "password": "canary-2"}))

    assert source.fresh() == source.login() == Login("other.example", 443, "admin", Hidden("canary-2"))


@pytest.mark.parametrize("text", ["canary", "[]", '{"url": "https://x.example"}', '{"url": "http://canary"}'])
def test_a_secret_that_holds_something_else_is_an_error_that_does_not_quote_it(aws, secrets, text):
    rotate(secrets, text)

    with pytest.raises(InvalidInput, match=r"^controller secret: expected ") as failed:
        SecretLogin(aws, "controller").login()
    assert "canary" not in str(failed.value)


def test_a_secret_that_cannot_be_read_is_a_gateway_error(aws):
    with pytest.raises(GatewayError, match=r"^secretsmanager:GetSecretValue failed: ResourceNotFoundException$"):
        SecretLogin(aws, "nowhere").login()


def test_a_binary_secret_is_not_a_login(aws):
    aws("secretsmanager").create_secret(Name="binary", SecretBinary=b"canary")

    with pytest.raises(InvalidInput, match=r"^controller secret: expected an object"):
        SecretLogin(aws, "binary").login()
