"""Prevention on the local cloud: a developer who may do everything but what the deny takes, and proof that it does."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail_lab.cloud import LocalCloud
from guardrail_lab.deployment import run_cdk
from guardrail_lab.developer import Developer
from guardrail_lab.process import LabError

GUARDED_ROLE = "GuardedDeveloper"
CONTEXT: dict[str, Any] = {"prevention": {"roles": [GUARDED_ROLE]}}
"""For `synthesise`: with it, the assembly has a prevention stack, which binds this role and CDK's execution roles."""

_ANYBODY = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
_EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def prevention_stack(zone: LandingZone) -> str:
    """Return the name of the account's prevention stack, as app.py gives it."""
    return f"AgentCorePrevention-{zone.account}"


class Prevention:
    """The prevention stack of one account on a local cloud that evaluates IAM.

    Args:
        assembly: What `synthesise` wrote for the zone with `CONTEXT`.
    """

    def __init__(self, cloud: LocalCloud, zone: LandingZone, assembly: Path) -> None:
        self._cloud, self._zone, self._assembly = cloud, zone, assembly

    def hire(self) -> Developer:
        """Make the role, with every right, and return a developer who works as it. Its policies are not looked at yet.

        The role has to be there before `deploy`.
        """
        return Developer(self._cloud, self._zone, keys=role_keys(self._cloud, GUARDED_ROLE))

    def deploy(self) -> None:
        """Run `cdk deploy`; `cdk bootstrap` has made the execution role that is bound too.

        Raises:
            LabError: It failed.
        """
        run_cdk(self._cloud, self._assembly, "deploy", prevention_stack(self._zone), "--require-approval", "never")

    def destroy(self) -> None:
        """Run `cdk destroy`."""
        run_cdk(self._cloud, self._assembly, "destroy", prevention_stack(self._zone), "--force")


def role_keys(cloud: LocalCloud, name: str, *, path: str = "/") -> dict[str, str]:
    """Make a role that anybody may take on and that may do everything; take it on and return its keys."""
    iam = cloud.client("iam")
    role = iam.create_role(Path=path, RoleName=name, AssumeRolePolicyDocument=_document(_ANYBODY))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="everything", PolicyDocument=_document(_EVERYTHING))
    answer = cloud.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="developer")
    return dict(answer["Credentials"])


def explicit_denial(call: Callable[[], object]) -> str:
    """Make a call that a deny statement must refuse, and return what IAM says.

    Raises:
        LabError: It succeeded, or was refused for another reason: that nothing allows it proves nothing about the deny.
    """
    try:
        call()
    except ClientError as error:
        message = str(error.response["Error"].get("Message", ""))
        if error.response["Error"].get("Code") != "AccessDeniedException" or "explicit deny" not in message:
            raise LabError(f"expected an explicit deny, the call was refused with: {message}") from error
        return message
    raise LabError("expected an explicit deny, the call succeeded")


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
