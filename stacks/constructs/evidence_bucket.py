"""The bucket that keeps evidence."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from aws_cdk import Duration, RemovalPolicy, Stack, aws_iam, aws_s3
from constructs import Construct

from stacks.constructs.grants import Permission
from stacks.exceptions import except_from, logical_id


class RetentionMode(StrEnum):
    """S3 Object Lock's modes. COMPLIANCE cannot be shortened or lifted by anybody, AWS and the root user included."""

    GOVERNANCE = "GOVERNANCE"
    COMPLIANCE = "COMPLIANCE"


class EvidenceBucket(Construct):
    """A bucket whose objects are written once, kept for the retention time, and never changed.

    Attributes:
        append: Lets a role put new objects, and nothing else: not read, not list, not delete.
    """

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
        self.append = Permission(("s3:PutObject",), (self.bucket.arn_for_objects("*"),))
        except_from(
            Stack.of(self),
            f"IAM5[Resource::<{logical_id(self.bucket)}.Arn>/*]",
            "Records have names that are not known beforehand; functions may add them and nothing else.",
        )

    def let_only_append(self, roles: Sequence[aws_iam.IRole]) -> None:
        """Deny adding objects to everybody but these roles: whoever else may write to every bucket forges no record."""
        arns = [role.role_arn for role in roles]
        self._deny("OnlyOurOwn", ["s3:PutObject"], {"ArnNotEquals": {"aws:PrincipalArn": arns}})

    def _deny(self, sid: str, actions: list[str], conditions: Mapping[str, Any]) -> None:
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
