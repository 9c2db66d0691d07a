"""Reading the evidence bucket as an auditor would."""

import json
from typing import Any

from guardrail.core.evidence import digest
from guardrail_lab.cloud import LocalCloud


def read_evidence(cloud: LocalCloud, bucket: str) -> list[dict[str, Any]]:
    """Return every record, in the order in which they were written, each with `key` and `intact`.

    `intact` says that the record's digest is that of its other fields.
    """
    s3 = cloud.client("s3")
    records = []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for item in page.get("Contents", []):
            record = json.loads(s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read())
            fields = {name: value for name, value in record.items() if name != "digest"}
            records.append({**record, "key": item["Key"], "intact": digest(fields) == record["digest"]})
    return sorted(records, key=lambda record: (record["at"], record["key"]))


def empty_bucket(cloud: LocalCloud, bucket: str) -> None:
    """Empty and delete the lab's bucket, lock or no lock: only the lab's root may, by bypassing governance."""
    s3 = cloud.client("s3")
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for item in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            s3.delete_object(
                Bucket=bucket, Key=item["Key"], VersionId=item["VersionId"], BypassGovernanceRetention=True
            )
    s3.delete_bucket(Bucket=bucket)
