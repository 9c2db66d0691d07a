"""The evidence bucket: each record is written once and never changed."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.evidence import EvidenceRecord, RecordKind, canonical_json
from guardrail.gateways.evidence import EvidenceGateway
from tests.builders import NOW, RUNTIME_ID

RECORD = EvidenceRecord(RecordKind.VERDICT, RUNTIME_ID, "000001-0123456789ab", NOW, {"verdict": {"ü": 1}})
KEY = f"verdict/{RUNTIME_ID}/000001-0123456789ab.json"


@pytest.fixture
def evidence(aws):
    aws("s3").create_bucket(Bucket="evidence")
    return EvidenceGateway(aws, "evidence")


def stored(aws, key=KEY):
    return aws("s3").get_object(Bucket="evidence", Key=key, ChecksumMode="ENABLED")


def test_a_record_is_stored_in_its_one_byte_form_with_a_checksum(evidence, aws):
    place = evidence.append(RECORD)
    kept = stored(aws)

    assert place == f"s3://evidence/{KEY}"
    assert kept["Body"].read() == canonical_json(RECORD.document())
    assert kept["ContentType"] == "application/json"
    assert kept["ChecksumSHA256"]


def test_a_record_that_is_there_already_is_left_as_it_is(evidence, aws):
    evidence.append(RECORD)
    later = replace(RECORD, at=NOW + timedelta(minutes=1))

    assert evidence.append(later) == f"s3://evidence/{KEY}"
    assert json.loads(stored(aws)["Body"].read())["at"] == NOW.isoformat()
    assert aws("s3").list_objects_v2(Bucket="evidence")["KeyCount"] == 1


def test_a_bucket_that_refuses_is_a_clear_failure(aws):
    with pytest.raises(GatewayError, match=r"^s3:PutObject failed: NoSuchBucket$"):
        EvidenceGateway(aws, "nowhere").append(RECORD)
