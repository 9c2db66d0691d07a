"""A function's place in a VPC, for controllers that are reached from there only."""

from dataclasses import dataclass

from aws_cdk import aws_lambda

from stacks.constructs.function import GuardrailFunction
from stacks.constructs.grants import Permission
from stacks.exceptions import except_from

INTERFACES = Permission(
    (
        "ec2:CreateNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:DeleteNetworkInterface",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
    ),
    ("*",),
    {"Null": {"lambda:SourceFunctionArn": "true"}},
)
"""What AWS's documentation asks of a role whose function is in a VPC. Lambda uses it, before there is a function that
calls; our code, whose calls all carry the function's ARN, may not: it could take the addresses of others."""


@dataclass(frozen=True, slots=True)
class PrivateNetwork:
    """Subnets, at least one, and security groups, at least one, by their ids."""

    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]

    def place(self, function: GuardrailFunction) -> None:
        """Put a function that has INTERFACES there. It reaches AWS only through endpoints or a NAT gateway then."""
        child = function.function.node.default_child
        if not isinstance(child, aws_lambda.CfnFunction):
            raise TypeError("a function of CDK's own, expected one")
        child.vpc_config = aws_lambda.CfnFunction.VpcConfigProperty(
            subnet_ids=list(self.subnets), security_group_ids=list(self.security_groups)
        )
        except_from(function, "IAM5[Resource::*]", "Network interfaces of a function have no names before they exist.")
