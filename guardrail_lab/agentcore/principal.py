"""Who a caller is, in the several ways in which a policy's Principal can name them."""

from collections.abc import Iterable, Mapping


def names(wanted: Iterable[str], caller: str | None, keys: Mapping[str, str]) -> bool:
    """Whether one of a policy's principals is the caller.

    Args:
        caller: ARN, or a service's name; None for somebody without AWS credentials, whom only ``*`` names.
        keys: The request's condition keys; ``aws:PrincipalArn`` is a session's role with its path.
    """
    known = {"*"} if caller is None else {"*", caller, *_of_account(caller, keys)}
    return not known.isdisjoint(wanted)


def _of_account(caller: str, keys: Mapping[str, str]) -> Iterable[str]:
    account = account_of(caller)
    if account:
        yield from (account, role_of(caller), f"arn:{caller.split(':')[1]}:iam::{account}:root")
        yield keys["aws:PrincipalArn"]


def account_of(principal: str) -> str:
    """Return the account of a principal's ARN; empty for a service."""
    parts = principal.split(":")
    return parts[4] if len(parts) > 5 else ""


def role_of(principal: str) -> str:
    """Return the ARN of the role that a session is of (without the role's path), any other principal as it is."""
    parts = principal.split(":", 5)
    if len(parts) < 6 or not parts[5].startswith("assumed-role/"):
        return principal
    return f"arn:{parts[1]}:iam::{parts[4]}:role/{parts[5].split('/')[1]}"
