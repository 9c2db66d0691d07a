"""A deploy that waits until the controller has what the pack says, and fails with the plan if it has not."""

from collections.abc import Mapping

from aws_cdk import CustomResource, Duration
from constructs import Construct, IDependable

from stacks.constructs.function import GuardrailFunction

MARGIN = Duration.minutes(2)
"""Beyond the function's own time, before CloudFormation gives up on a function that could not answer."""


class Reconciled(Construct):
    """A custom resource that the function itself answers; it changes with what is to be applied.

    When it is deleted, nothing is deleted on the controller: a firewall does not open because a stack went away.

    Args:
        timeout: How long the function may run.
        properties: What has changed when one of them has.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: GuardrailFunction,
        timeout: Duration,
        properties: Mapping[str, str],
        after: IDependable,
    ) -> None:
        super().__init__(scope, construct_id)
        self.resource = CustomResource(
            self,
            "Resource",
            resource_type="Custom::FirewallReconciled",
            service_token=function.function.function_arn,
            service_timeout=timeout.plus(MARGIN),
            properties=dict(properties),
        )
        self.resource.node.add_dependency(function, after)
