"""A Lambda function of ours."""

from collections.abc import Mapping

from aws_cdk import Duration, RemovalPolicy, aws_iam, aws_lambda, aws_logs
from constructs import Construct

from guardrail.core.runtimes.deny_side_doors import ROLE_PATH

TIMEOUT = Duration.seconds(60)
"""Far more than a look takes; throttled reads wait for some seconds."""


class GuardrailFunction(Construct):
    """A function with its own role and log group. Permissions are granted by the stack that knows why."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        code: aws_lambda.Code,
        runtime: aws_lambda.Runtime,
        environment: Mapping[str, str],
        timeout: Duration = TIMEOUT,
        boundary: aws_iam.IManagedPolicy | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.log_group = aws_logs.LogGroup(
            self, "Logs", retention=aws_logs.RetentionDays.ONE_YEAR, removal_policy=RemovalPolicy.DESTROY
        )
        self.role = aws_iam.Role(
            self,
            "Role",
            assumed_by=aws_iam.ServicePrincipal("lambda.amazonaws.com"),
            path=ROLE_PATH,
            permissions_boundary=boundary,
        )
        self.log_group.grant_write(self.role)
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
