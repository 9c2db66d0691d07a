"""A function's place in a VPC, for controllers that are reached from there only."""

from dataclasses import dataclass

from aws_cdk import aws_iam, aws_lambda
from constructs import Construct

from stacks.constructs.function import GuardrailFunction
from stacks.exceptions import except_from

_INTERFACES = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
]
"""What AWS's documentation asks of a role whose function is in a VPC; Lambda uses it, our code does not."""


@dataclass(frozen=True, slots=True)
class PrivateNetwork:
    """Subnets, at least one, and security groups, at least one, by their ids."""

    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]

    def place(self, function: GuardrailFunction) -> None:
        """Put the function there. It reaches AWS only through endpoints or a NAT gateway of that VPC from then on."""
        child = function.function.node.default_child
        if not isinstance(child, aws_lambda.CfnFunction):
            raise TypeError("a function of CDK's own, expected one")
        child.vpc_config = aws_lambda.CfnFunction.VpcConfigProperty(
            subnet_ids=list(self.subnets), security_group_ids=list(self.security_groups)
        )
        policy = aws_iam.Policy(function, "Interfaces")
        policy.add_statements(aws_iam.PolicyStatement(actions=_INTERFACES, resources=["*"]))
        policy.attach_to_role(function.role)
        _before(function.function, policy)
        except_from(policy, "IAM5[Resource::*]", "Network interfaces of a function have no names before they exist.")


def _before(function: aws_lambda.Function, policy: Construct) -> None:
    """Lambda checks these rights when the function is made."""
    function.node.add_dependency(policy)
