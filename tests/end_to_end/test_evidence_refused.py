"""The evidence bucket refuses every record, on a cloud that evaluates IAM: containing goes on and no record is lost."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.end_to_end.conftest import Guarded
from tests.end_to_end.test_response import denial, refused, sweep
from tests.patience import eventually


@contextmanager
def refusing(guarded: Guarded) -> Iterator[None]:
    """Somebody adds a statement to the bucket's policy, and takes it out again."""
    s3, bucket = guarded.cloud.client("s3"), guarded.outputs.evidence_bucket
    policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    document = json.loads(policy)
    everybody = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    document["Statement"].append(everybody)
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))
    try:
        yield
    finally:
        s3.put_bucket_policy(Bucket=bucket, Policy=policy)


def waiting(guarded: Guarded) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = guarded.cloud.client("dynamodb").query(
        TableName=guarded.outputs.state_table,
        IndexName="parked",
        KeyConditionExpression="waits_for = :bucket",
        ExpressionAttributeValues={":bucket": {"S": "bucket"}},
    )["Items"]
    return items


def left_by_a_sweep(guarded: Guarded) -> list[dict[str, Any]]:
    sweep(guarded)
    return waiting(guarded)


def test_what_the_bucket_refuses_waits_in_the_state_table_until_a_sweep_moves_it(
    responding: Guarded, name: str
) -> None:
    with refusing(responding):
        runtime_id = responding.developer.create_public(name)
        eventually(lambda: denial(responding, runtime_id))
        keys = {item["id"]["S"].removeprefix("parked#") for item in waiting(responding)}
        while_refused = responding.evidence(runtime_id)
    responding.cloud.forget_calls()

    eventually(lambda: left_by_a_sweep(responding) == [])

    assert while_refused == []
    assert any(key.startswith(f"change-intended/{runtime_id}/") for key in keys)
    moved = {record["key"] for record in responding.evidence(runtime_id) if record["intact"]}
    assert {key for key in keys if f"/{runtime_id}/" in key} <= moved
    assert refused(responding.cloud) == []
