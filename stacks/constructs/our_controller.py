"""What the back-out function is told of a controller."""

from collections.abc import Mapping
from dataclasses import dataclass


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
        pack: Environment that says where the CA is, or nothing.
    """

    address: str
    secret_arn: str
    secret_key_arn: str | None
    prefix: str
    gateways: tuple[str, ...]
    runtime_subnets: tuple[str, ...]
    lease_table_arn: str
    lease_table: str
    pack: Mapping[str, str]

    def environment(self) -> dict[str, str]:
        """Return what the function is told."""
        lists = {"GATEWAYS": ",".join(self.gateways), "RUNTIME_SUBNETS": ",".join(self.runtime_subnets)}
        return {
            "CONTROLLER": self.address,
            "CONTROLLER_SECRET": self.secret_arn,
            "NAME_PREFIX": self.prefix,
            "LEASE_TABLE": self.lease_table,
            **{name: value for name, value in lists.items() if value},
            **self.pack,
        }
