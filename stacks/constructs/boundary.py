"""The most that a role of the guardrail may ever do, whatever somebody attaches to it later."""

from collections.abc import Iterable

from aws_cdk import aws_iam
from constructs import Construct

from guardrail.core.runtimes.deny_side_doors import ROLE_PATH
from stacks.constructs.grants import Permission


def boundary(scope: Construct, *, name: str, permissions: Iterable[Permission]) -> aws_iam.ManagedPolicy:
    """Return a permissions boundary. It allows nothing by itself: a role may do what this and its own policy allow."""
    return aws_iam.ManagedPolicy(
        scope,
        "Boundary",
        description=f"The most that the role of {name} may do",
        path=ROLE_PATH,
        statements=[each.statement() for each in permissions],
    )
