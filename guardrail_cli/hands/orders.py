"""An order as the function takes it: put together from options, checked before it goes anywhere."""

from collections.abc import Mapping
from getpass import getuser
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.order import Command, Order, parse_order
from guardrail_cli.hands.options import Telling

_TYPED_AS = {"claimed_by": "--as", "rules": "RULE", "id": "ID"}


def changing(command: Command, telling: Telling, **members: Any) -> dict[str, Any]:
    """Return an order that changes something for a while."""
    said = {"for": telling.time, "reason": telling.reason, "claimed_by": who(telling.claimed_by)}
    return ordered(command, **members, **said, dry_run=telling.dry_run or None)


def ordered(command: Command, **members: Any) -> dict[str, Any]:
    """Return an order, with those members that say something."""
    return {"command": command.value, **{name: value for name, value in members.items() if value is not None}}


def checked(document: Mapping[str, Any]) -> Order:
    """Read an order as the function will.

    Raises:
        InvalidInput: A value is not as expected; it is called what was typed.
    """
    try:
        return parse_order(document)
    except InvalidInput as error:
        raise InvalidInput(_TYPED_AS.get(error.where, f"--{error.where}"), error.expected) from None


def who(claimed: str | None) -> str | None:
    """Return who somebody says to be: the name given, else that of the login; a claim in both cases."""
    if claimed is not None:
        return claimed
    try:
        return getuser()
    except (OSError, KeyError):  # nobody has this user id, as in some containers
        return None
