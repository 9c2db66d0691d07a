"""Who made a request, in the words of CloudTrail's userIdentity."""

from datetime import UTC, datetime
from typing import Any

from ministack.core.iam_evaluator import resolve_caller_identity
from ministack.core.responses import get_account_id
from ministack.services import iam


def user_identity(access_key: str) -> dict[str, Any]:
    """Return root, IAM user or role session, as far as the emulator knows the key.

    A key that it never issued is the account's root, as everywhere in ministack.
    """
    account = get_account_id()
    known = resolve_caller_identity(access_key) or {}
    arn = str(known.get("userArn") or f"arn:aws:iam::{account}:root")
    principal = known.get("userId") or account
    caller = {"principalId": principal, "arn": arn, "accountId": account, "accessKeyId": access_key}
    if ":assumed-role/" in arn:
        return {"type": "AssumedRole", **caller, "sessionContext": _session_context(arn, known.get("session") or {})}
    if ":user/" in arn:
        return {"type": "IAMUser", **caller, "userName": arn.rsplit("/", 1)[-1]}
    return {"type": "FederatedUser" if ":federated-user/" in arn else "Root", **caller}


def _session_context(arn: str, session: dict[str, Any]) -> dict[str, Any]:
    account, role_name = arn.split(":")[4], arn.split("/")[1]
    role = iam._roles.get_scoped(account, None, role_name) or {}
    issuer = {
        "type": "Role",
        "principalId": role.get("RoleId", ""),
        "arn": role.get("Arn") or f"arn:aws:iam::{account}:role/{role_name}",
        "accountId": account,
        "userName": role_name,
    }
    issued = datetime.fromtimestamp(session.get("IssuedAt", 0), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"sessionIssuer": issuer, "attributes": {"creationDate": issued, "mfaAuthenticated": "false"}}
