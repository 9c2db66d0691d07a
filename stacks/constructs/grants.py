"""Permissions, one statement at a time; the stack that grants one knows why."""

from collections.abc import Sequence

from aws_cdk import aws_iam


def allow(role: aws_iam.IRole, actions: Sequence[str], *resources: str) -> None:
    """Let a role do these actions on these resources."""
    role.add_to_principal_policy(aws_iam.PolicyStatement(actions=list(actions), resources=list(resources)))
