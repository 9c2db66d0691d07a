import subprocess
import sys

import pytest

from guardrail_lab.isolation import emulator_variables
from guardrail_lab.process import ROOT

HARD_CODED = """
import boto3
boto3.client("s3", endpoint_url="https://s3.us-east-1.amazonaws.com").list_buckets()
"""
CALLER = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
SEALED_CALLER = """
import sys
from guardrail_lab.isolation import fake_keys, sealed_client
print(sealed_client("sts", sys.argv[1], "us-east-1", fake_keys()).get_caller_identity()["Arn"])
"""


@pytest.fixture
def developers_environment(monkeypatch):
    """What may be set on a developer's machine: a profile, a session, endpoints, a proxy."""
    variables = {
        "AWS_PROFILE": "not-even-there",
        "AWS_SESSION_TOKEN": "real",
        "AWS_ENDPOINT_URL_STS": "https://sts.invalid",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "all_proxy": "http://127.0.0.1:9",
        "GITHUB_TOKEN": "real",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def python(code, *arguments, environment=None):
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.usefixtures("developers_environment")
def test_a_client_reaches_the_emulator_whatever_the_developer_has_set(cloud):
    done = python(SEALED_CALLER, cloud.endpoint_url)

    assert done.stdout == "arn:aws:iam::000000000000:root\n", done.stderr


@pytest.mark.usefixtures("developers_environment")
def test_a_child_process_reaches_the_emulator_whatever_the_developer_has_set(cloud):
    done = python(CALLER, environment=cloud.environment())

    assert done.stdout == "arn:aws:iam::000000000000:root\n", done.stderr


@pytest.mark.usefixtures("developers_environment")
def test_a_child_process_that_insists_on_real_aws_is_refused_on_this_machine(cloud):
    done = python(HARD_CODED, environment=cloud.environment())

    assert "Failed to connect to proxy URL" in done.stderr.splitlines()[-1]
    assert "127.0.0.1:9" in done.stderr.splitlines()[-1]


@pytest.mark.usefixtures("developers_environment")
def test_functions_inherit_nothing_from_the_developer(tmp_path):
    variables = emulator_variables(tmp_path, 4566, "us-east-1", auth=False)

    assert "real" not in variables.values()
    assert "AWS_PROFILE" not in variables
    assert variables["AWS_CONFIG_FILE"] == "/dev/null"


def test_a_child_process_can_be_somebody_else(cloud):
    keys = {"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "secret", "SessionToken": "token"}

    environment = cloud.environment(keys)

    assert environment["AWS_ACCESS_KEY_ID"] == "ASIAEXAMPLE"
    assert environment["AWS_SESSION_TOKEN"] == "token"
