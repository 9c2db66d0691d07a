"""The bucket that keeps evidence."""

from enum import StrEnum

from aws_cdk import Duration, RemovalPolicy, aws_iam, aws_s3
from constructs import Construct

from stacks.constructs.grants import allow
from stacks.exceptions import except_from, logical_id


class RetentionMode(StrEnum):
    """S3 Object Lock's modes. COMPLIANCE cannot be shortened or lifted by anybody, AWS and the root user included."""

    GOVERNANCE = "GOVERNANCE"
    COMPLIANCE = "COMPLIANCE"


class EvidenceBucket(Construct):
    """A bucket whose objects are written once, kept for the retention time, and never changed."""

    def __init__(self, scope: Construct, construct_id: str, *, mode: RetentionMode, days: int) -> None:
        super().__init__(scope, construct_id)
        retention = {
            RetentionMode.GOVERNANCE: aws_s3.ObjectLockRetention.governance,
            RetentionMode.COMPLIANCE: aws_s3.ObjectLockRetention.compliance,
        }[mode]
        self.bucket = aws_s3.Bucket(
            self,
            "Bucket",
            object_lock_enabled=True,
            object_lock_default_retention=retention(Duration.days(days)),
            versioned=True,
            encryption=aws_s3.BucketEncryption.S3_MANAGED,
            block_public_access=aws_s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=aws_s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        self._deny(
            "NobodyShortensRetention",
            ["s3:BypassGovernanceRetention", "s3:PutObjectRetention", "s3:PutObjectLegalHold"],
            {},
        )
        self._deny("NobodyOverwrites", ["s3:PutObject"], {"Null": {"s3:if-none-match": "true"}})
        except_from(
            self,
            "S1",
            "Objects cannot be changed, and only functions of ours add them; who reads them is in CloudTrail's data "
            "events, which a customer turns on for all buckets or none.",
        )

    def grant_append(self, role: aws_iam.Role) -> None:
        """Let the role put new objects, and nothing else: not read, not list, not delete."""
        allow(role, ["s3:PutObject"], self.bucket.arn_for_objects("*"))
        except_from(
            role,
            f"IAM5[Resource::<{logical_id(self.bucket)}.Arn>/*]",
            "Records have names that are not known beforehand; the role may add them and nothing else.",
        )

    def _deny(self, sid: str, actions: list[str], conditions: dict[str, dict[str, str]]) -> None:
        self.bucket.add_to_resource_policy(
            aws_iam.PolicyStatement(
                sid=sid,
                effect=aws_iam.Effect.DENY,
                principals=[aws_iam.AnyPrincipal()],
                actions=actions,
                resources=[self.bucket.arn_for_objects("*")],
                conditions=conditions,
            )
        )
