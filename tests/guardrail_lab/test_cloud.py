import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from guardrail_lab.cloud import LocalCloud
from guardrail_lab.process import ROOT, LabError
from tests.guardrail_lab.arrange import deploy_function, new_runtime, zip_of, zip_with_sdk
from tests.patience import eventually

OWN_PROCESS = """
import os, tempfile
def handler(event, context):
    return [os.getpid(), tempfile.gettempdir()]
"""
LOOK_AT_RUNTIME = """
import json, botocore.session
def handler(event, context):
    agentcore = botocore.session.get_session().create_client("bedrock-agentcore-control")
    for record in event["Records"]:
        detail = json.loads(record["body"])["detail"]
        agentcore.get_agent_runtime(agentRuntimeId=detail["responseElements"]["agentRuntimeId"])
"""
CHILD = """
import signal, os
from guardrail_lab.cloud import LocalCloud
cloud = LocalCloud().__enter__()
print(cloud.pid, cloud.environment()["CDK_HOME"], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def is_gone(pid):
    """Whether the process has ended, though nobody may have asked yet how."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_leaving_ends_every_process_and_removes_every_file(account):
    with LocalCloud() as cloud:
        worker, scratch = deploy_function(cloud, account, zip_of({"main.py": OWN_PROCESS}))({})
        emulator, home = cloud.pid, Path(cloud.environment()["CDK_HOME"]).parent
        assert Path(scratch).is_relative_to(home)

    assert eventually(lambda: is_gone(emulator) and is_gone(worker))
    assert not home.exists()


def test_it_ends_and_cleans_up_when_its_parent_is_killed():
    child = subprocess.run([sys.executable, "-c", CHILD], cwd=ROOT, capture_output=True, text=True, check=False)
    pid, cdk_home = child.stdout.split()

    assert child.returncode == -signal.SIGKILL
    assert eventually(lambda: is_gone(int(pid)))
    assert not Path(cdk_home).parent.exists()


def test_a_cloud_that_cannot_start_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    with pytest.raises(LabError, match="no patch is named no_such_patch"), LocalCloud(without=["no_such_patch"]):
        pass

    assert list(tmp_path.iterdir()) == []


def test_the_log_and_the_state_can_be_kept(tmp_path):
    log, state = tmp_path / "emulator.log", tmp_path / "state"

    with LocalCloud(log_path=log, state=state) as cloud:
        assert cloud.environment()["CDK_HOME"] == str(state / "cdk")

    assert "Running on" in log.read_text()
    assert state.exists()
    assert not (state / "emulator").exists()


def test_two_accounts_share_nothing(cloud):
    first, second = (cloud.client("bedrock-agentcore-control", account=account) for account in ("1" * 12, "2" * 12))

    first.create_agent_runtime(**new_runtime())

    assert len(first.list_agent_runtimes()["agentRuntimes"]) == 1
    assert second.list_agent_runtimes()["agentRuntimes"] == []


def test_a_created_runtime_reaches_a_function_through_rule_and_queue(cloud, account):
    sqs, functions = cloud.client("sqs", account=account), cloud.client("lambda", account=account)
    events = cloud.client("events", account=account)
    queue = sqs.create_queue(QueueName="look", Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="created", EventPattern=json.dumps({"detail": {"eventName": ["CreateAgentRuntime"]}}))
    events.put_targets(Rule="created", Targets=[{"Id": "queue", "Arn": arn}])
    deploy_function(cloud, account, zip_with_sdk(LOOK_AT_RUNTIME), name="looker")
    functions.create_event_source_mapping(EventSourceArn=arn, FunctionName="looker")

    cloud.client("bedrock-agentcore-control", account=account).create_agent_runtime(**new_runtime())

    looked = ("looker", "GetAgentRuntime", 200)
    assert eventually(lambda: looked in [(call.function, call.operation, call.status) for call in cloud.calls()])
