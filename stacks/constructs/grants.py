"""What a role may do, one statement at a time; the stack that gives it knows why."""

from dataclasses import dataclass

from aws_cdk import aws_iam


@dataclass(frozen=True, slots=True)
class Permission:
    """One statement that allows something; `conditions` as IAM writes them."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: dict[str, dict[str, str]] | None = None

    def statement(self) -> aws_iam.PolicyStatement:
        """Return it as CDK takes it."""
        return aws_iam.PolicyStatement(
            actions=list(self.actions), resources=list(self.resources), conditions=self.conditions
        )


def reading_secret(secret_arn: str, key_arn: str | None) -> tuple[Permission, ...]:
    """Return what it takes to read one secret.

    Args:
        key_arn: The customer's own KMS key that it is encrypted with, or None. The key opens this secret's service's
            ciphertexts only, not whatever else it has encrypted.
    """
    read = Permission(("secretsmanager:GetSecretValue",), (secret_arn,))
    if key_arn is None:
        return (read,)
    region = secret_arn.split(":")[3]
    return read, Permission(("kms:Decrypt",), (key_arn,), through("secretsmanager", region))


def through(service: str, region: str) -> dict[str, dict[str, str]]:
    """Return the condition that a service uses a KMS key on the caller's behalf; its domain is the partition's."""
    return {"StringLike": {"kms:ViaService": f"{service}.{region}.*"}}
