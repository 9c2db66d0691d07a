"""The bound pack as a file in the CDK's own bucket, and the right to read that file."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Fn, aws_s3_assets
from constructs import Construct

from guardrail.core.evidence import canonical_json, digest
from stacks.asset import BUILD
from stacks.constructs.grants import Permission


class PackAsset(Construct):
    """A JSON document that is too long for a function's environment.

    Attributes:
        digest: Of the document; whoever reads the file has to compare it.
        environment: What tells a function where it is, and what it has to be.
        read: Lets a role read this one object; `Asset.grant_read` would let it read and list the whole bucket.
    """

    def __init__(self, scope: Construct, construct_id: str, *, document: Mapping[str, Any]) -> None:
        super().__init__(scope, construct_id)
        self.digest = digest(document)
        file = BUILD / "packs" / f"{self.digest.removeprefix('sha256:')}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(canonical_json(document))
        asset = aws_s3_assets.Asset(self, "File", path=str(file))
        self.environment = {
            "PACK_BUCKET": asset.s3_bucket_name,
            "PACK_KEY": asset.s3_object_key,
            "PACK_DIGEST": self.digest,
        }
        pack = Fn.join("/", [asset.bucket.bucket_arn, asset.s3_object_key])
        self.read = Permission(("s3:GetObject",), (pack,))
