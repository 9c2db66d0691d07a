"""Where we differ from cdk-nag's AwsSolutions rules, each with its reason. Nothing else is excepted."""

from typing import cast

from aws_cdk import Acknowledgment, CfnElement, Stack, Validations
from constructs import Construct


def except_from(construct: Construct, rule: str, reason: str) -> None:
    """Accept one finding below a construct.

    Args:
        rule: Such as `S1`, or `IAM5[Resource::*]` for one of the rule's findings.
        reason: Why it is right here, in words that an auditor accepts.
    """
    Validations.of(construct).acknowledge(Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason))


def logical_id(construct: Construct) -> str:
    """Return the name of a construct's resource in the template, as findings have it."""
    return str(Stack.of(construct).get_logical_id(cast(CfnElement, construct.node.default_child)))
