"""The table of switches and exemptions: every loop reads it, one function writes it."""

from aws_cdk import RemovalPolicy, aws_dynamodb, aws_iam
from constructs import Construct


class Switches(Construct):
    """A table of its own, so that the right to write it can be one function's alone.

    It is retained on destroy: a suspension that nobody remembers would never end, and who granted an exemption is
    asked later.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        text = aws_dynamodb.AttributeType.STRING
        self.table = aws_dynamodb.Table(
            self,
            "Table",
            partition_key=aws_dynamodb.Attribute(name="kind", type=text),
            sort_key=aws_dynamodb.Attribute(name="name", type=text),
            billing_mode=aws_dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=aws_dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=RemovalPolicy.RETAIN,
        )

    def grant_read(self, role: aws_iam.IRole) -> None:
        """Let a loop read switches and exemptions."""
        self._grant(role, ["dynamodb:Query"])

    def grant_write(self, role: aws_iam.IRole) -> None:
        """Let `back_out`, and nobody else, read and write them."""
        self._grant(role, ["dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"])

    def _grant(self, role: aws_iam.IRole, actions: list[str]) -> None:
        role.add_to_principal_policy(aws_iam.PolicyStatement(actions=actions, resources=[self.table.table_arn]))
