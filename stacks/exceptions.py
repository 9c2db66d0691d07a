"""Where we differ from cdk-nag's AwsSolutions rules, each with its reason. Nothing else is excepted."""

from aws_cdk import Acknowledgment, Validations
from constructs import Construct


def except_from(construct: Construct, rule: str, reason: str) -> None:
    """Accept one finding below a construct.

    Args:
        rule: Such as `S1`, or `IAM5[Resource::*]` for one of the rule's findings.
        reason: Why it is right here, in words that an auditor accepts.
    """
    Validations.of(construct).acknowledge(Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason))
