"""Who may call the back-out function: operators, whoever breaks the glass, and by which way AWS vouches for them."""

from aws_cdk import CfnOutput, Duration, Stack, aws_iam, aws_lambda
from constructs import Construct

SIGNED = "signed"
"""The alias of the Function URL; the function believes a caller's ARN only there."""
BREAK_GLASS = "break-glass"
"""The alias for whoever breaks the glass; the function grants and revokes no exemption there."""


class BackOutCallers(Construct):
    """A policy for operators and, if wanted, a Function URL and a break-glass role.

    Args:
        break_glass: ARNs of principals that may assume a role for this and nothing else, with MFA; none, no role.
        function_url: Whether the function also answers by HTTPS, signed with AWS credentials.
    """

    def __init__(
        self, scope: Construct, *, function: aws_lambda.Function, break_glass: tuple[str, ...], function_url: bool
    ) -> None:
        super().__init__(scope, "Callers")
        self.operators = self._operators(function)
        if function_url:
            self._url(function)
        if break_glass:
            self._break_glass(function, break_glass)

    def _operators(self, function: aws_lambda.Function) -> aws_iam.ManagedPolicy:
        return aws_iam.ManagedPolicy(
            self,
            "Operators",
            description="Back out of the AgentCore guardrail, and in again",
            statements=[
                aws_iam.PolicyStatement(
                    sid="BackOut",
                    actions=["lambda:InvokeFunction"],
                    resources=[function.function_arn],  # unqualified: not as if through the URL
                )
            ],
        )

    def _url(self, function: aws_lambda.Function) -> None:
        alias = aws_lambda.Alias(self, "Signed", alias_name=SIGNED, version=function.current_version)
        url = alias.add_function_url(auth_type=aws_lambda.FunctionUrlAuthType.AWS_IAM)
        self.operators.add_statements(
            aws_iam.PolicyStatement(
                sid="BackOutSigned",
                actions=["lambda:InvokeFunctionUrl"],
                resources=[alias.function_arn],
                conditions={"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
            ),
            aws_iam.PolicyStatement(
                sid="ThroughTheUrlOnly",
                actions=["lambda:InvokeFunction"],
                resources=[alias.function_arn],
                conditions={"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
            ),
        )
        CfnOutput(Stack.of(self), "BackOutUrl", value=url.url)

    def _break_glass(self, function: aws_lambda.Function, principals: tuple[str, ...]) -> aws_iam.Role:
        """A role that is good for nothing but this; whoever assumes it has shown a second factor."""
        alias = aws_lambda.Alias(self, "BreakGlassAlias", alias_name=BREAK_GLASS, version=function.current_version)
        only = aws_iam.ManagedPolicy(
            self,
            "BreakGlassOnly",
            description="Back out of the AgentCore guardrail, and in again, and grant no exemption",
            statements=[
                aws_iam.PolicyStatement(
                    sid="BreakGlass", actions=["lambda:InvokeFunction"], resources=[alias.function_arn]
                )
            ],
        )
        may = aws_iam.CompositePrincipal(
            *(
                aws_iam.ArnPrincipal(arn).with_conditions({"Bool": {"aws:MultiFactorAuthPresent": "true"}})
                for arn in principals
            )
        )
        role = aws_iam.Role(
            self,
            "BreakGlass",
            assumed_by=may,
            managed_policies=[only],
            permissions_boundary=only,  # whatever is attached to it later, it gives nothing more
            max_session_duration=Duration.hours(1),
        )
        CfnOutput(Stack.of(self), "BreakGlassRole", value=role.role_arn)
        CfnOutput(Stack.of(self), "BreakGlassFunction", value=alias.function_arn)
        return role
