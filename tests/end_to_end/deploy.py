"""A fast deployment: the synthesised template over the CloudFormation API, without the CDK CLI."""

import json
import shutil
from pathlib import Path

from guardrail_lab.cloud import LocalCloud
from guardrail_lab.deployment import Outputs, read_outputs
from tests.assembly import STACK, assembly


def deploy(cloud: LocalCloud, directory: Path | None = None) -> Outputs:
    """Upload the assets where the CLI would, create the stack, wait for it."""
    directory = directory or assembly()
    s3, manifest = cloud.client("s3"), json.loads((directory / f"{STACK}.assets.json").read_text())
    for asset in manifest["files"].values():
        path = directory / asset["source"]["path"]
        if asset["source"]["packaging"] == "zip":
            path = directory / shutil.make_archive(str(path), "zip", path)
        for destination in asset["destinations"].values():
            s3.create_bucket(Bucket=destination["bucketName"])
            s3.upload_file(str(path), destination["bucketName"], destination["objectKey"])
    cloud.client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="99", Type="String")
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(
        StackName=STACK,
        TemplateBody=(directory / f"{STACK}.template.json").read_text(),
        Capabilities=["CAPABILITY_IAM"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName=STACK, WaiterConfig={"Delay": 0.2})
    return read_outputs(cloud, STACK)
