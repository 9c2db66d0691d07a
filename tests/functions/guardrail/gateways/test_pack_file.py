"""The file with the bound pack is the one that the stack was deployed with, or nothing is done."""

import pytest

from guardrail.core.errors import GatewayError, InvalidInput
from guardrail.core.evidence import canonical_json, digest
from guardrail.core.firewall.bound import BoundPack
from guardrail.core.firewall.bound_json import bound_document
from guardrail.gateways.pack_file import read_pack_file
from tests.firewall_states import pack_of

BOUND = BoundPack(pack_of(w0=("a.example.com",)), "ours")
DOCUMENT = {"pack": bound_document(BOUND), "ca_certificate": "PEM"}


@pytest.fixture
def bucket(aws):
    aws("s3").create_bucket(Bucket="cdk")

    def put(body):
        aws("s3").put_object(Bucket="cdk", Key="pack.json", Body=body)

    put(canonical_json(DOCUMENT))
    return put


def read(aws, expected=None):
    return read_pack_file(aws, "cdk", "pack.json", expected or digest(DOCUMENT))


def test_the_pack_is_read_with_its_own_digest_and_the_ca(aws, bucket):
    file = read(aws)

    assert (file.bound, file.ca_certificate) == (BOUND, "PEM")
    assert file.digest == digest(bound_document(BOUND))


@pytest.mark.parametrize(
    "body", [canonical_json({**DOCUMENT, "ca_certificate": "another"}), b"[]", b"{}"], ids=["a CA", "a list", "nothing"]
)
def test_a_file_that_somebody_replaced_is_refused(aws, bucket, body):
    bucket(body)

    with pytest.raises(
        InvalidInput, match=r"^file of the bound pack: expected the one that the stack was deployed with"
    ):
        read(aws)


def test_junk_and_nothing_are_clear_failures(aws, bucket):
    bucket(b"\xff junk")
    with pytest.raises(GatewayError, match=r"^s3:GetObject failed: "):
        read(aws)

    with pytest.raises(GatewayError, match=r"^s3:GetObject failed: NoSuchKey$"):
        read_pack_file(aws, "cdk", "no-such-file", "sha256:1")
