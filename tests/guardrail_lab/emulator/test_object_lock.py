import json

import pytest
from botocore.exceptions import ClientError

RETENTION = {"Mode": "GOVERNANCE", "Days": 30}
BUCKET = {
    "ObjectLockEnabled": True,
    "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": RETENTION}},
    "VersioningConfiguration": {"Status": "Enabled"},
}


def deployed_bucket(cloud, account, properties):
    """Deploy a bucket by CloudFormation and return its name."""
    stacks = cloud.client("cloudformation", account=account)
    resources = {"Evidence": {"Type": "AWS::S3::Bucket", "Properties": properties}}
    stacks.create_stack(StackName="evidence", TemplateBody=json.dumps({"Resources": resources}))
    stacks.get_waiter("stack_create_complete").wait(StackName="evidence", WaiterConfig={"Delay": 0.05})
    [bucket] = stacks.describe_stack_resources(StackName="evidence")["StackResources"]
    return bucket["PhysicalResourceId"]


def test_a_deployed_bucket_keeps_its_default_retention(cloud, account):
    s3 = cloud.client("s3", account=account)

    bucket = deployed_bucket(cloud, account, BUCKET)

    lock = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    assert lock == {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": RETENTION}}


def test_a_bucket_may_have_object_lock_without_a_default_retention(cloud, account):
    s3 = cloud.client("s3", account=account)

    bucket = deployed_bucket(cloud, account, {"ObjectLockEnabled": True})

    assert s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"] == {
        "ObjectLockEnabled": "Enabled"
    }
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"


def test_a_record_in_it_can_neither_be_deleted_nor_written_twice(cloud, account):
    s3 = cloud.client("s3", account=account)
    bucket = deployed_bucket(cloud, account, BUCKET)
    version = s3.put_object(Bucket=bucket, Key="record", Body=b"{}", IfNoneMatch="*")["VersionId"]

    with pytest.raises(ClientError, match="protected by object lock"):
        s3.delete_object(Bucket=bucket, Key="record", VersionId=version)
    with pytest.raises(ClientError, match="PreconditionFailed") as refused:
        s3.put_object(Bucket=bucket, Key="record", Body=b"{}", IfNoneMatch="*")

    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412


def test_ministack_still_drops_object_lock(cloud_without, account):
    cloud = cloud_without("object_lock")
    bucket = deployed_bucket(cloud, account, BUCKET)

    with pytest.raises(ClientError, match="ObjectLockConfigurationNotFoundError"):
        cloud.client("s3", account=account).get_object_lock_configuration(Bucket=bucket)
