"""What somebody asks of the back-out function, read once and then trusted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.switch import USUAL_TIME, Scope, parse_time

MAX_TEXT = 500
"""Characters of a reason or a claim."""
MAX_RUNTIMES = 100
_GATEWAY = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
ALL = "all"


class Command(StrEnum):
    """What can be asked for. `remind` and `settle` are what the schedules ask."""

    WATCH = "watch"
    BACK_OUT = "back-out"
    RESTORE = "restore"
    STATUS = "status"
    EXEMPT = "exempt"
    REVOKE = "revoke"
    REMIND = "remind"
    SETTLE = "settle"


@dataclass(frozen=True, slots=True)
class Order:
    """One command.

    Attributes:
        scopes: What it is about; empty for everything that the function can do.
        gateway: For the scope insertion; None for the only one there is.
        rules: For watch: names, or None for all of ours.
        on: For watch: on Watch, or enforced.
        time: How long the suspension lasts.
        ends: For restore and remind: since when the suspension lasts that is meant; None for whichever there is.
        leave_changed: For restore: leave alone what somebody else has changed, and put back the rest.
        document: For exempt: the exemption; for revoke: `{"id"}`.
    """

    command: Command
    scopes: tuple[Scope, ...] = ()
    gateway: str | None = None
    rules: tuple[str, ...] | None = None
    on: bool = True
    time: timedelta = USUAL_TIME
    reason: str = ""
    claimed_by: str | None = None
    allow_detach: bool = False
    dry_run: bool = False
    ends: str | None = None
    leave_changed: bool = False
    document: Mapping[str, Any] | None = None

    def identity(self, scope: Scope, prefix: str) -> dict[str, Any]:
        """Return what tells whether two orders ask for the same of a scope.

        Args:
            prefix: What the names of our rules start with, before a dash; a rule may be named with it or without.
        """
        asked: dict[str, Any] = {"command": self.command.value, "scope": scope.value}
        if self.command is Command.WATCH:
            short = None if self.rules is None else {name.removeprefix(f"{prefix}-") for name in self.rules}
            asked |= {"on": self.on, "rules": None if short is None else sorted(short)}
        return asked


def in_words(identity: Mapping[str, Any]) -> str:
    """Return what an order of that identity asks for, such as `watch on 100-default-deny`."""
    command = str(identity.get("command"))
    if command != Command.WATCH:
        return command
    rules = identity.get("rules")
    return " ".join([command, "on" if identity.get("on") else "off", *(["--all"] if rules is None else rules)])


_KEYS = {
    Command.WATCH: {"on", "rules", "for", "reason", "claimed_by", "dry_run"},
    Command.BACK_OUT: {"scope", "gateway", "for", "reason", "claimed_by", "allow_detach", "dry_run"},
    Command.RESTORE: {"scope", "gateway", "reason", "claimed_by", "leave_changed", "ends"},
    Command.STATUS: {"scope", "gateway"},
    Command.REVOKE: {"id", "claimed_by", "reason"},
    Command.REMIND: {"scope", "gateway", "ends"},
    Command.SETTLE: set(),
}


def parse_order(document: object) -> Order:
    """Read a command.

    Raises:
        InvalidInput: It is unknown, has an unknown key, or a value of the wrong form.
    """
    if not isinstance(document, Mapping) or document.get("command") not in list(Command):
        raise InvalidInput("command", ", ".join(Command))
    command = Command(document["command"])
    given = {key: value for key, value in document.items() if key != "command" and value is not None}
    if command is Command.EXEMPT:
        claimed = _text("claimed_by", given.pop("claimed_by", None))
        return Order(command, (Scope.RESPONSE,), claimed_by=claimed, document=_exemption(given))
    if not given.keys() <= _KEYS[command]:
        raise InvalidInput(command, "no keys but " + (", ".join(sorted(_KEYS[command])) or "command"))
    if command is Command.REVOKE:
        _text("id", given.get("id"), needed=True)
    changes = command in (Command.WATCH, Command.BACK_OUT)
    return Order(
        command=command,
        scopes=_scopes(command, given.get("scope")),
        gateway=_gateway(given.get("gateway")),
        rules=_rules(given.get("rules")),
        on=_flag("on", given.get("on", True)),
        time=parse_time("for", given["for"]) if "for" in given else USUAL_TIME,
        reason=_text("reason", given.get("reason"), needed=changes) or "",
        claimed_by=_text("claimed_by", given.get("claimed_by")),
        allow_detach=_flag("allow_detach", given.get("allow_detach", False)),
        dry_run=_flag("dry_run", given.get("dry_run", False)),
        ends=_text("ends", given.get("ends"), needed=command is Command.REMIND),
        leave_changed=_flag("leave_changed", given.get("leave_changed", False)),
        document={"id": given["id"]} if "id" in given else None,
    )


def _scopes(command: Command, scope: object) -> tuple[Scope, ...]:
    """Read the scope: insertion if a back-out names none, everything if anything else names none."""
    if command is Command.WATCH:
        return (Scope.POLICY,)
    if command is Command.REVOKE:
        return (Scope.RESPONSE,)
    if scope is None:
        return (Scope.INSERTION,) if command is Command.BACK_OUT else ()
    if scope not in (*Scope, ALL):
        raise InvalidInput("scope", ", ".join((*Scope, ALL)))
    return () if scope == ALL else (Scope(str(scope)),)


def _exemption(given: Mapping[str, Any]) -> dict[str, Any]:
    """Its texts as lines, for they are mailed and shown; what else an exemption has to be, the exemptions know."""
    runtimes = given.get("runtimes")
    if not isinstance(runtimes, list) or not 0 < len(runtimes) <= MAX_RUNTIMES:
        raise InvalidInput("runtimes", f"a list of names, ARNs or globs, at most {MAX_RUNTIMES}")
    lines = {key: _text(key, given.get(key), needed=True) for key in ("id", "owner", "reason", "ticket")}
    return {**given, **lines, "runtimes": [_text("runtimes", each, needed=True) for each in runtimes]}


def _gateway(name: object) -> str | None:
    if name is None or (isinstance(name, str) and _GATEWAY.fullmatch(name)):
        return name
    raise InvalidInput("gateway", "the name of a gateway: letters, digits, dashes and underscores")


def _rules(names: object) -> tuple[str, ...] | None:
    if names is None:
        return None
    if isinstance(names, list) and names and all(isinstance(name, str) for name in names):
        return tuple(names)
    raise InvalidInput("rules", "a list of names of rules; without it, all of ours are meant")


def _flag(where: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise InvalidInput(where, "true or false")


def _text(where: str, value: object, *, needed: bool = False) -> str | None:
    """Read a line of text, without control characters, which could steer a terminal or add a line to a message."""
    if value is None and not needed:
        return None
    line = "".join(c for c in value if c.isprintable()).strip() if isinstance(value, str) else ""
    if len(line) > MAX_TEXT or (needed and not line):
        raise InvalidInput(where, f"a line of text of at most {MAX_TEXT} characters")
    if not isinstance(value, str):
        raise InvalidInput(where, "a line of text")
    return line or None
