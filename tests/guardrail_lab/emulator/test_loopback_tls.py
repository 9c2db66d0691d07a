import json

import pytest
from botocore.exceptions import ClientError


def write_to_tls_only_bucket(cloud, account):
    """Put an object, as an administrator, into a bucket that refuses whatever does not come by TLS."""
    s3, iam = cloud.client("s3", account=account), cloud.client("iam", account=account)
    bucket = f"evidence-{account}"
    s3.create_bucket(Bucket=bucket)
    by_tls = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [by_tls]}))
    iam.create_user(UserName="ada")
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.put_user_policy(UserName="ada", PolicyName="all", PolicyDocument=json.dumps(everything))
    keys = iam.create_access_key(UserName="ada")["AccessKey"]
    return cloud.client("s3", account=account, keys=keys).put_object(Bucket=bucket, Key="record", Body=b"{}")


def test_loopback_counts_as_tls(guarded_cloud, account):
    assert write_to_tls_only_bucket(guarded_cloud, account)["ETag"]


def test_ministack_still_refuses_plain_loopback_there(cloud_without, account):
    with pytest.raises(ClientError, match="AccessDenied"):
        write_to_tls_only_bucket(cloud_without("loopback_tls", auth=True), account)
