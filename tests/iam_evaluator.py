"""A second opinion on policies: the rules of the IAM guide written down, for those parts that a deny uses."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

Json = dict[str, Any]
Value = str | tuple[str, ...]

FULL_ACCESS: Json = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


class Decision(StrEnum):
    """The words that iam-simulate uses."""

    ALLOWED = "Allowed"
    EXPLICIT_DENY = "ExplicitlyDenied"
    IMPLICIT_DENY = "ImplicitlyDenied"


class UndefinedError(Exception):
    """IAM's guide does not say what such a condition means."""


@dataclass(frozen=True)
class Request:
    """What is asked of IAM. A tuple is the value of a key that may have many."""

    action: str
    resource: str
    context: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Attached:
    """The policies that bind a principal: None for a kind that it does not have."""

    identity: Sequence[Json] = (FULL_ACCESS,)
    boundary: Sequence[Json] | None = None
    scps: Sequence[Json] | None = None


def decide(attached: Attached, request: Request) -> Decision:
    """A deny anywhere wins; then every kind of policy that there is must allow."""
    kinds = [kind for kind in (attached.identity, attached.boundary, attached.scps) if kind is not None]
    effects = [
        {each["Effect"] for policy in kind for each in policy["Statement"] if applies(each, request)} for kind in kinds
    ]
    if any("Deny" in found for found in effects):
        return Decision.EXPLICIT_DENY
    return Decision.ALLOWED if all("Allow" in found for found in effects) else Decision.IMPLICIT_DENY


def applies(statement: Json, request: Request) -> bool:
    """Say whether a statement is about the request.

    Raises:
        UndefinedError: Its condition has no meaning that IAM's guide gives it.
    """
    return (
        any(_like(request.action.lower(), pattern.lower()) for pattern in _listed(statement["Action"]))
        and _about(statement, request.resource)
        and all(
            _holds(operator, expected, _value(request, key))
            for operator, keys in statement.get("Condition", {}).items()
            for key, expected in keys.items()
        )
    )


def _about(statement: Json, resource: str) -> bool:
    if "NotResource" in statement:
        return not any(_like(resource, pattern) for pattern in _listed(statement["NotResource"]))
    return any(_like(resource, pattern) for pattern in _listed(statement["Resource"]))


def _value(request: Request, key: str) -> Value | None:
    """Names of condition keys are not case-sensitive."""
    return next((value for name, value in request.context.items() if name.lower() == key.lower()), None)


def _holds(operator: str, expected: Any, value: Value | None) -> bool:
    values = _listed(expected)
    if operator == "Null":
        return (value is None) == (values == ["true"])
    quantifier, _, name = operator.rpartition(":")
    if name.endswith("IfExists"):
        raise UndefinedError(operator)
    if quantifier == "ForAllValues":
        return all(_matches(name, each, values) for each in _many(value))
    if quantifier == "ForAnyValue":
        return any(_matches(name, each, values) for each in _many(value))
    if isinstance(value, tuple):
        raise UndefinedError(f"{operator} on a key with many values")
    if value is None:  # "does not equal" is true of what is not there
        return "Not" in name
    return _matches(name, value, values)


def _matches(name: str, value: str, expected: Sequence[str]) -> bool:
    """Compare with each expected value: one match is enough, and for a negated operator there must be none."""
    match name.replace("Not", ""):
        case "StringEquals":
            found = value in expected
        case "StringLike":
            found = any(_like(value, each) for each in expected)
        case "ArnLike":
            found = any(_arn_like(value, each) for each in expected)
        case other:
            raise UndefinedError(other)
    return found != ("Not" in name)


def _arn_like(value: str, pattern: str) -> bool:
    parts, patterns = value.split(":", 5), pattern.split(":", 5)
    return len(parts) == len(patterns) and all(map(_like, parts, patterns))


def _like(value: str, pattern: str) -> bool:
    return _expression(pattern).fullmatch(value) is not None


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(each, re.escape(each)) for each in pattern), re.DOTALL)


def _many(value: Value | None) -> Sequence[str]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
