"""The table in which a loop remembers what it saw and did."""

from aws_cdk import RemovalPolicy, aws_dynamodb
from constructs import Construct


def state_table(
    scope: Construct, construct_id: str, *, removal_policy: RemovalPolicy, time_to_live: str | None = None
) -> aws_dynamodb.Table:
    """Return a table of items by `id`, which can be restored to any moment of the last 35 days.

    Args:
        time_to_live: The attribute after whose time (epoch seconds) DynamoDB cleans an item up; None for never.
    """
    return aws_dynamodb.Table(
        scope,
        construct_id,
        partition_key=aws_dynamodb.Attribute(name="id", type=aws_dynamodb.AttributeType.STRING),
        billing_mode=aws_dynamodb.BillingMode.PAY_PER_REQUEST,
        time_to_live_attribute=time_to_live,
        point_in_time_recovery_specification=aws_dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        removal_policy=removal_policy,
    )


def parked_index(table: aws_dynamodb.Table) -> str:
    """Let the records that wait for the bucket be found, the oldest first, and return the index's ARN.

    Only items with both attributes are in it. CloudFormation adds it to a table that is there, without replacing that.
    """
    text = aws_dynamodb.AttributeType.STRING
    table.add_global_secondary_index(
        index_name="parked",
        partition_key=aws_dynamodb.Attribute(name="waits_for", type=text),
        sort_key=aws_dynamodb.Attribute(name="decided_at", type=text),
        projection_type=aws_dynamodb.ProjectionType.KEYS_ONLY,
    )
    return f"{table.table_arn}/index/parked"
