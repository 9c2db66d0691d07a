"""The deny of one account, attached to its roles, and of an organization's accounts, attached to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from aws_cdk import Aws, CfnOutput, DefaultStackSynthesizer, Environment, Fn, Stack
from constructs import Construct

from guardrail.core.runtimes.deny_policy import PolicyForm, SideDoors, render_deny
from guardrail.core.runtimes.landing_zone import LandingZone
from stacks.constructs.deny_policies import DenyPolicies, ServiceControlPolicies
from stacks.constructs.path_attachment import PathAttachment


@dataclass(frozen=True, slots=True)
class PreventionProps:
    """What a platform engineer decides about the deny of one account.

    Attributes:
        zones: All landing zones of the account.
        region: Where the stack is kept. IAM is global: the stack is deployed once, in one Region.
        roles: Names of roles that exist.
        path: Of roles that are bound too, whether they exist already or not; such as /developers/. None for none.
        cdk_regions: Where CDK is bootstrapped: its execution roles there are bound too.
        cdk_qualifier: Of that bootstrap.
    """

    zones: tuple[LandingZone, ...]
    region: str
    roles: tuple[str, ...]
    path: str | None
    cdk_regions: tuple[str, ...]
    cdk_qualifier: str
    side_doors: SideDoors | None
    gateway_targets: bool

    @property
    def account(self) -> str:
        """The account of the zones."""
        return self.zones[0].account

    def documents(self, form: PolicyForm) -> tuple[dict[str, object], ...]:
        """Render the deny.

        Raises:
            InvalidInput: The zones cannot be rendered in this form.
        """
        return render_deny(self.zones, form, side_doors=self.side_doors, gateway_targets=self.gateway_targets)


class PreventionStack(Stack):
    """The deny as managed policies on roles. Its template has no assets and works in a StackSet."""

    def __init__(self, scope: Construct, construct_id: str, *, props: PreventionProps) -> None:
        super().__init__(
            scope,
            construct_id,
            description="Denies AgentCore compute outside the approved landing zones",
            env=Environment(account=props.account, region=props.region),
            synthesizer=DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
        )
        roles = [*props.roles, *_execution_roles(props)]
        policies = DenyPolicies(self, "Deny", documents=props.documents(PolicyForm.MANAGED_POLICY), roles=roles)
        if props.path:
            PathAttachment(self, "BelowPath", path=props.path, policy_arns=policies.arns)
        CfnOutput(self, "PolicyArns", value=Fn.join(",", policies.arns))


class ServiceControlStack(Stack):
    """The deny as service control policies, one account after the other, for the organization's management account."""

    def __init__(
        self, scope: Construct, construct_id: str, *, management_account: str, accounts: Sequence[PreventionProps]
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            description="Denies AgentCore compute outside the approved landing zones, account by account",
            env=Environment(account=management_account, region=accounts[0].region),
        )
        policies = [
            ServiceControlPolicies(
                self, f"Account{props.account}", account=props.account, documents=props.documents(PolicyForm.SCP)
            )
            for props in accounts
        ]
        for earlier, later in pairwise(policies):
            later.node.add_dependency(earlier)  # Organizations refuses changes that run at the same time


def _execution_roles(props: PreventionProps) -> list[str]:
    """The roles with which CloudFormation acts for the CDK CLI: without them, `cdk deploy` would go past the deny."""
    return [f"cdk-{props.cdk_qualifier}-cfn-exec-role-{Aws.ACCOUNT_ID}-{region}" for region in props.cdk_regions]
