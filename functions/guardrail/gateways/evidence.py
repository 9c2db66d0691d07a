"""The evidence bucket: each record written once, never changed."""

from collections.abc import Callable

from botocore.exceptions import ClientError

from guardrail.core.evidence import EvidenceRecord, canonical_json
from guardrail.gateways.aws import Client, error_code, failures_of

_ALREADY_THERE = frozenset({"PreconditionFailed", "412"})


class EvidenceGateway:
    """Evidence in S3. The bucket keeps every object by Object Lock; this role may put and nothing else."""

    def __init__(self, clients: Callable[[str], Client], bucket: str) -> None:
        self._clients = clients
        self._bucket = bucket

    def append(self, record: EvidenceRecord) -> str:
        """Write the record under its key, unless it is there already, and return its address."""
        return self.store(record.key, canonical_json(record.document()))

    def store(self, key: str, document: bytes) -> str:
        with failures_of("s3:PutObject"):
            try:
                self._clients("s3").put_object(
                    Bucket=self._bucket,
                    Key=key,
                    Body=document,
                    ContentType="application/json",
                    ChecksumAlgorithm="SHA256",
                    IfNoneMatch="*",
                )
            except ClientError as error:
                if error_code(error) not in _ALREADY_THERE:
                    raise
        return f"s3://{self._bucket}/{key}"
