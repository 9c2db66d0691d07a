"""The topic on which people are told; somebody has to subscribe to it."""

from aws_cdk import Stack, aws_iam, aws_sns
from constructs import Construct


def alerts_topic(scope: Construct, construct_id: str, *, display_name: str) -> aws_sns.Topic:
    """Return a topic that refuses plain HTTP and takes messages of the account's alarms."""
    topic = aws_sns.Topic(scope, construct_id, display_name=display_name, enforce_ssl=True)
    topic.add_to_resource_policy(
        aws_iam.PolicyStatement(
            sid="OurAlarms",
            principals=[aws_iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": Stack.of(scope).account}},
        )
    )
    return topic
