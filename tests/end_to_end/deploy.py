"""A fast deployment: the synthesised template over the CloudFormation API, without the CDK CLI."""

import json
import shutil
from pathlib import Path

from guardrail_lab.cloud import LocalCloud
from guardrail_lab.deployment import Outputs, read_outputs
from tests.assembly import STACK, assembly
from tests.once import once
from tests.patience import STACK_WAITER


def upload_assets(cloud: LocalCloud, directory: Path, stack: str) -> None:
    """Upload a stack's assets where the CLI would."""
    s3, manifest = cloud.client("s3"), json.loads((directory / f"{stack}.assets.json").read_text())
    for asset in manifest["files"].values():
        path = directory / asset["source"]["path"]
        if asset["source"]["packaging"] == "zip":
            path = _zipped(path)
        for destination in asset["destinations"].values():
            s3.create_bucket(Bucket=destination["bucketName"])
            s3.upload_file(str(path), destination["bucketName"], destination["objectKey"])
    cloud.client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="99", Type="String")


def _zipped(asset: Path) -> Path:
    """An asset is named by what is in it: the same one of another stack is the same file."""
    return (
        once(f"zip-{asset.name}", lambda place: shutil.make_archive(str(place / "asset"), "zip", asset)) / "asset.zip"
    )


def deploy(cloud: LocalCloud, directory: Path | None = None) -> Outputs:
    """Upload the assets, create the stack, wait for it."""
    directory = directory or assembly()
    upload_assets(cloud, directory, STACK)
    cloudformation = cloud.client("cloudformation")
    template = json.loads((directory / f"{STACK}.template.json").read_text())
    cloudformation.create_stack(
        StackName=STACK,
        TemplateBody=json.dumps(template, separators=(",", ":")),  # 51,200 bytes at most; the CLI uploads it instead
        Capabilities=["CAPABILITY_IAM"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName=STACK, WaiterConfig=STACK_WAITER)
    return read_outputs(cloud, STACK)
