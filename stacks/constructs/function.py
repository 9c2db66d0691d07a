"""A Lambda function of ours."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, RemovalPolicy, aws_iam, aws_lambda, aws_logs
from constructs import Construct

from guardrail.core.runtimes.deny_side_doors import ROLE_PATH
from stacks.constructs.boundary import boundary
from stacks.constructs.grants import Permission
from stacks.exceptions import except_from

TIMEOUT = Duration.seconds(60)
"""Far more than a look takes; throttled reads wait for some seconds."""


class GuardrailFunction(Construct):
    """A function with its own role and log group.

    Args:
        permissions: All that it may do besides writing its log. Its role's policy is made of them, and so is the role's
            boundary: what is attached to the role later, here or by hand, gives it nothing more.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        code: aws_lambda.Code,
        runtime: aws_lambda.Runtime,
        environment: Mapping[str, str],
        permissions: Sequence[Permission],
        timeout: Duration = TIMEOUT,
    ) -> None:
        super().__init__(scope, construct_id)
        self.log_group = aws_logs.LogGroup(
            self, "Logs", retention=aws_logs.RetentionDays.ONE_YEAR, removal_policy=RemovalPolicy.DESTROY
        )
        self.role = self._role(name, permissions)
        self.function = aws_lambda.Function(
            self,
            "Function",
            description=f"AgentCore guardrail: {name}",
            code=code,
            handler=f"{name}.handler.handler",
            runtime=runtime,
            architecture=aws_lambda.Architecture.ARM_64,
            memory_size=512,
            timeout=timeout,
            role=self.role,
            log_group=self.log_group,
            environment={"POWERTOOLS_LOG_LEVEL": "INFO", **environment},
            # The queue feeds itself on purpose; attempts are counted in the messages instead.
            recursive_loop=aws_lambda.RecursiveLoop.ALLOW,
        )
        except_from(self, "L1", "The runtime is set by context: python3.13 is what this version was made for.")

    def _role(self, name: str, permissions: Sequence[Permission]) -> aws_iam.Role:
        log = Permission(("logs:CreateLogStream", "logs:PutLogEvents"), (self.log_group.log_group_arn,))
        may = (*permissions, log)
        role = aws_iam.Role(
            self,
            "Role",
            assumed_by=aws_iam.ServicePrincipal("lambda.amazonaws.com"),
            path=ROLE_PATH,
            permissions_boundary=boundary(self, name=name, permissions=may),
        )
        for permission in may:
            role.add_to_principal_policy(permission.statement())
        return role
