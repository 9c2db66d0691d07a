"""The most that roles of the guardrail may ever do, whatever somebody attaches to them later."""

from collections.abc import Sequence

from aws_cdk import aws_iam
from constructs import Construct

from guardrail.core.runtimes.deny_side_doors import ROLE_PATH
from stacks.constructs.response_permissions import LISTED, Permission
from stacks.exceptions import except_from

_OWN = (
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:Query",
    "events:PutEvents",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "s3:PutObject",
    "sns:Publish",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
)
"""What functions do with the stack's own table, queues, bucket, bus, topic and logs."""


class Boundary(Construct):
    """A permissions boundary. It allows nothing by itself: what a role may do is what this and its own policy allow."""

    def __init__(self, scope: Construct, construct_id: str, *, permissions: Sequence[Permission]) -> None:
        super().__init__(scope, construct_id)
        listed = Permission(LISTED, ("*",))
        own = Permission(_OWN, ("*",))
        self.policy = aws_iam.ManagedPolicy(
            self,
            "Policy",
            description="The most that roles of the AgentCore guardrail may do",
            path=ROLE_PATH,
            statements=[each.statement() for each in (own, listed, *permissions)],
        )
        except_from(
            self, "IAM5[Resource::*]", "A boundary gives nothing; the roles' own policies name their resources."
        )
