"""What the lab's tests ask of a cloud, in few words."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import botocore

from guardrail_lab.cloud import LocalCloud

ROLE = "arn:aws:iam::111122223333:role/agents/orders"
IMAGE = {"containerConfiguration": {"containerUri": "111122223333.dkr.ecr.us-east-1.amazonaws.com/orders:1.4.2"}}
PUBLIC = {"networkMode": "PUBLIC"}
SUBNET, GROUP = "subnet-0a1b2c3d4e5f60001", "sg-0a1b2c3d4e5f60001"
VPC = {"networkMode": "VPC", "networkModeConfig": {"subnets": [SUBNET], "securityGroups": [GROUP]}}
SERVICES = ("bedrock-agentcore-control", "sqs", "sts")
# The source of a function that returns the keys it runs with.
OWN_KEYS = """
import os
def handler(event, context):
    names = {"AccessKeyId": "AWS_ACCESS_KEY_ID", "SecretAccessKey": "AWS_SECRET_ACCESS_KEY",
             "SessionToken": "AWS_SESSION_TOKEN"}
    return {name: os.environ[variable] for name, variable in names.items()}
"""

Json = dict[str, Any]


def new_runtime(**members: object) -> Json:
    """The parameters of CreateAgentRuntime."""
    return {"agentRuntimeName": "orders", "agentRuntimeArtifact": IMAGE, "roleArn": ROLE, **members}


def new_version(runtime_id: str, **members: object) -> Json:
    """The parameters of UpdateAgentRuntime."""
    return {"agentRuntimeId": runtime_id, "agentRuntimeArtifact": IMAGE, "roleArn": ROLE, **members}


def watch_events(cloud: LocalCloud, account: str) -> Callable[[], list[Json]]:
    """Send the account's AgentCore events to a queue; the result takes what has arrived since, details only."""
    sqs, events = cloud.client("sqs", account=account), cloud.client("events", account=account)
    queue = sqs.create_queue(QueueName="events")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = {"source": ["aws.bedrock-agentcore"], "detail-type": ["AWS API Call via CloudTrail"]}
    events.put_rule(Name="agentcore", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="agentcore", Targets=[{"Id": "queue", "Arn": arn}])

    def take() -> list[Json]:
        found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        for message in found:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"])["detail"] for message in found]

    return take


def zip_of(files: Mapping[str, str]) -> bytes:
    """A deployment package of source files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return target.getvalue()


def zip_with_sdk(source: str) -> bytes:
    """A deployment package with this environment's botocore, pruned to three services."""
    installed = Path(botocore.__file__).parents[1]
    target = io.BytesIO(zip_of({"main.py": source}))
    with zipfile.ZipFile(target, "a") as archive:
        for package in ("botocore", "jmespath", "dateutil", "urllib3"):
            for path in sorted((installed / package).rglob("*")):
                parts = path.relative_to(installed).parts
                pruned = parts[1] == "data" and len(parts) > 3 and parts[2] not in SERVICES
                if path.is_file() and path.suffix != ".pyc" and not pruned:
                    archive.write(path, "/".join(parts))
        archive.write(installed / "six.py", "six.py")
    return target.getvalue()


def deploy_function(cloud: LocalCloud, account: str, package: bytes, name: str = "probe") -> Callable[[Json], Any]:
    """Create a function with ``main.handler``; the result invokes it and returns what it returned."""
    functions = cloud.client("lambda", account=account)
    role = f"arn:aws:iam::{account}:role/service/{name}"
    made: Json = {"FunctionName": name, "Runtime": "python3.13", "Handler": "main.handler", "Role": role, "Timeout": 20}
    functions.create_function(**made, Code={"ZipFile": package})

    def invoke(event: Json) -> Any:
        answer = functions.invoke(FunctionName=name, Payload=json.dumps(event))
        payload = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, payload
        return payload

    return invoke


def administrator(cloud: LocalCloud, account: str, service: str) -> Any:
    """A client of a user who may do everything, unlike root whom no policy binds."""
    iam = cloud.client("iam", account=account)
    iam.create_user(UserName="ada")
    iam.put_user_policy(UserName="ada", PolicyName="all", PolicyDocument=policy("Allow", "*"))
    keys = iam.create_access_key(UserName="ada")["AccessKey"]
    return cloud.client(service, account=account, keys=keys)


def policy(effect: str, action: str, **members: object) -> str:
    """An IAM policy of one statement, on every resource unless it is said otherwise."""
    statement = {"Effect": effect, "Action": action, "Resource": "*", **members}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
