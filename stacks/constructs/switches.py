"""The table of switches and exemptions: every loop reads it, one function writes it."""

from aws_cdk import RemovalPolicy, aws_dynamodb
from constructs import Construct

from stacks.constructs.grants import Permission


class Switches(Construct):
    """A table of its own, so that the right to write it can be one function's alone.

    It is retained on destroy: a suspension that nobody remembers would never end, and who granted an exemption is
    asked later.

    Attributes:
        read: Lets a loop read switches and exemptions.
        write: Lets `back_out`, and nobody else, read and write them.
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
        self.read = self._permission("Query")
        self.write = self._permission("Query", "PutItem", "DeleteItem")

    def _permission(self, *operations: str) -> Permission:
        return Permission(tuple(f"dynamodb:{each}" for each in operations), (self.table.table_arn,))
