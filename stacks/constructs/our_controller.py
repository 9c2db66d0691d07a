"""What the back-out function is told of a controller, and may do for it."""

from dataclasses import dataclass

from stacks.constructs.grants import Permission, reading_secret
from stacks.constructs.pack_asset import PackAsset
from stacks.constructs.private_network import INTERFACES, PrivateNetwork

_DESCRIBE = Permission(("ec2:DescribeRouteTables", "ec2:DescribeNetworkInterfaces", "ec2:DescribeNatGateways"), ("*",))
"""What proves that traffic goes another way; none of them has a resource type."""


@dataclass(frozen=True, slots=True)
class OurController:
    """What the function needs of the stack that has a controller.

    Attributes:
        address: Its https address.
        secret_arn, secret_key_arn: Its login, and the customer's own key that it is encrypted with, or None.
        prefix: What the names of our rules start with, before a dash.
        gateways: Spoke gateways that may be taken out of the path; without any, insertion is not one of the scopes.
        runtime_subnets: Whose route tables prove it.
        lease_table_arn, lease_table: Where the reconciler keeps its lease.
        pack: The file that has the CA.
        network: Where the function is to be, for controllers that are reached from a VPC only.
    """

    address: str
    secret_arn: str
    secret_key_arn: str | None
    prefix: str
    gateways: tuple[str, ...]
    runtime_subnets: tuple[str, ...]
    lease_table_arn: str
    lease_table: str
    pack: PackAsset
    network: PrivateNetwork | None

    def environment(self) -> dict[str, str]:
        """Return what the function is told."""
        lists = {"GATEWAYS": ",".join(self.gateways), "RUNTIME_SUBNETS": ",".join(self.runtime_subnets)}
        return {
            "CONTROLLER": self.address,
            "CONTROLLER_SECRET": self.secret_arn,
            "NAME_PREFIX": self.prefix,
            "LEASE_TABLE": self.lease_table,
            **{name: value for name, value in lists.items() if value},
            **self.pack.environment,
        }

    def permissions(self) -> tuple[Permission, ...]:
        """Return what the function may do because there is a controller."""
        return (
            self.pack.read,
            *reading_secret(self.secret_arn, self.secret_key_arn),
            Permission(("dynamodb:GetItem", "dynamodb:UpdateItem"), (self.lease_table_arn,)),
            _DESCRIBE,
            *([INTERFACES] if self.network else []),
        )
