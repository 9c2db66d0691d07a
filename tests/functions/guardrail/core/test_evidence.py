"""Evidence has one byte form, and its digest covers all of it."""

import json
from hashlib import sha256

import pytest

from guardrail.core.evidence import EvidenceRecord, RecordKind, canonical_json, digest
from tests.builders import NOW, RUNTIME_ID

RECORD = EvidenceRecord(RecordKind.VERDICT, RUNTIME_ID, "000001-0123456789ab", NOW, {"verdict": {"a": 1}})


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param({}, b"{}", id="empty"),
        pytest.param({"b": [1, True, None], "a": {}}, b'{"a":{},"b":[1,true,null]}', id="sorted, without spaces"),
        pytest.param({"a": {"z": "", "y": ""}}, b'{"a":{"y":"","z":""}}', id="sorted inside, too"),
        pytest.param({"ü": "日本"}, '{"ü":"日本"}'.encode(), id="non-ASCII stays unescaped"),
        pytest.param({"a": '"\\\n\x00'}, b'{"a":"\\"\\\\\\n\\u0000"}', id="JSON's own escapes"),
        pytest.param({"a": "\ud800"}, b'{"a":"\\ud800"}', id="a lone surrogate becomes its escape"),
    ],
)
def test_a_document_has_one_byte_form(document, expected):
    assert canonical_json(document) == expected
    assert json.loads(canonical_json(document)) == document


def test_a_number_that_json_lacks_is_refused_and_not_written():
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"a": float("nan")})


def test_the_digest_is_the_sha_256_of_that_form():
    assert digest({"b": "ü", "a": 1}) == "sha256:" + sha256('{"a":1,"b":"ü"}'.encode()).hexdigest()


def test_a_record_is_stored_under_what_it_is_about():
    assert RECORD.key == f"verdict/{RUNTIME_ID}/000001-0123456789ab.json"


def test_a_record_is_stored_with_its_body_and_the_digest_of_everything_in_it():
    document = RECORD.document()
    stored = json.loads(canonical_json(document))
    stored_digest = stored.pop("digest")

    assert stored == {
        "version": 1,
        "kind": "verdict",
        "subject": RUNTIME_ID,
        "at": "2026-11-20T12:31:20+00:00",
        "verdict": {"a": 1},
    }
    assert stored_digest == "sha256:" + sha256(canonical_json(stored)).hexdigest()
