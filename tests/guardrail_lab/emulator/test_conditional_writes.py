import pytest
from botocore.exceptions import ClientError

from tests.guardrail_lab.arrange import administrator, policy


def append_only_bucket(cloud, account):
    """A bucket that refuses a write without If-None-Match, and an administrator's client for it."""
    s3, bucket = cloud.client("s3", account=account), f"evidence-{account}"
    s3.create_bucket(Bucket=bucket)
    objects, unconditional = f"arn:aws:s3:::{bucket}/*", {"Null": {"s3:if-none-match": "true"}}
    denied = policy("Deny", "s3:PutObject", Principal="*", Resource=objects, Condition=unconditional)
    s3.put_bucket_policy(Bucket=bucket, Policy=denied)
    return bucket, administrator(cloud, account, "s3")


def test_a_write_that_is_conditional_is_let_through_and_another_is_not(guarded_cloud, account):
    bucket, s3 = append_only_bucket(guarded_cloud, account)

    assert s3.put_object(Bucket=bucket, Key="record", Body=b"{}", IfNoneMatch="*")["ETag"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=bucket, Key="another", Body=b"{}")


def test_ministack_still_does_not_know_the_condition_key(cloud_without, account):
    bucket, s3 = append_only_bucket(cloud_without("conditional_writes", auth=True), account)

    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=bucket, Key="record", Body=b"{}", IfNoneMatch="*")
