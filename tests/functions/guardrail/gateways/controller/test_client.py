import subprocess
import sys

IMPORT = """
import sys
import guardrail.gateways.controller.client
sys.exit(any(name.partition(".")[0] in ("boto3", "botocore", "aws_lambda_powertools") for name in sys.modules))
"""


def test_the_client_needs_no_aws_sdk():
    assert subprocess.run([sys.executable, "-c", IMPORT]).returncode == 0


def test_a_client_makes_no_call_before_it_is_asked_for_something(lab):
    lab.client()

    assert lab.requests == []


def test_every_call_is_told_to_the_watcher_but_the_login_is_not(lab):
    client = lab.client()
    client.posture.version()
    client.groups.get("a/b c")
    client.posture.feature("microseg")

    assert [call.document() for call in lab.calls] == [
        {"method": "GET", "action": "list_version_info"},
        {"method": "GET", "path": "/v2.5/api/app-domains/a%2Fb%20c"},
        {"method": "POST", "action": "get_controller_feature"},
    ]
