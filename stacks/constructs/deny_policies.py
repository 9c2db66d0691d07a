"""The deny as managed policies, and as service control policies."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from aws_cdk import CfnResource, aws_iam, aws_organizations
from constructs import Construct

NAME = "AgentCoreLandingZone"
"""Fixed, because a permission set of IAM Identity Center names the policies that it attaches."""


class DenyPolicies(Construct):
    """One managed policy per document, attached to roles that exist already.

    The documents are taken as they are: CDK's own classes may merge statements, and each of ours asks one question.
    A role that does not exist fails the deployment, which is then rolled back.

    Attributes:
        arns: Of the policies, in the documents' order.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, documents: Sequence[Mapping[str, Any]], roles: Sequence[str]
    ) -> None:
        super().__init__(scope, construct_id)
        policies = [
            aws_iam.CfnManagedPolicy(
                self,
                f"Document{number}",
                managed_policy_name=f"{NAME}-{number}",
                description="Denies AgentCore compute outside the landing zones",
                policy_document=document,
                roles=list(roles) or None,
            )
            for number, document in enumerate(documents, start=1)
        ]
        _later_ones_first(policies)
        self.arns = [policy.ref for policy in policies]


class ServiceControlPolicies(Construct):
    """One service control policy per document, attached to one account; for the organization's management account."""

    def __init__(
        self, scope: Construct, construct_id: str, *, account: str, documents: Sequence[Mapping[str, Any]]
    ) -> None:
        super().__init__(scope, construct_id)
        policies = [
            aws_organizations.CfnPolicy(
                self,
                f"Document{number}",
                name=f"{NAME}-{account}-{number}",
                description=f"Denies AgentCore compute outside the landing zones of {account}",
                type="SERVICE_CONTROL_POLICY",
                content=document,
                target_ids=[account],
            )
            for number, document in enumerate(documents, start=1)
        ]
        _later_ones_first(policies)


def _later_ones_first(policies: Sequence[CfnResource]) -> None:
    """When lists grow, a statement moves to a later document: it must be there before it leaves the one it was in."""
    for earlier, later in pairwise(policies):
        earlier.add_resource_dependency(later)
