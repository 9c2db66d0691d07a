"""A resource policy: refused when anything in it is not understood, otherwise a list of statements that decide."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from guardrail_lab.agentcore.conditions import Context, check_condition, holds, like, values
from guardrail_lab.agentcore.errors import invalid
from guardrail_lab.agentcore.principal import account_of, names, role_of

PREFIX = "bedrock-agentcore:"
LISTED_ACTIONS = frozenset(
    f"{PREFIX}{name}"
    for name in (
        "InvokeAgentRuntime",
        "InvokeAgentRuntimeForUser",
        "InvokeAgentRuntimeWithWebSocketStream",
        "InvokeAgentRuntimeWithWebSocketStreamForUser",
        "StopRuntimeSession",
        "GetAgentCard",
    )
)
MEMBERS = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}


class Effect(StrEnum):
    """What a policy says about a request."""

    ALLOW = "Allow"
    DENY = "Deny"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to be decided.

    Attributes:
        principal: ARN of the caller; None for an anonymous one, as every caller with a JWT is.
        context: Condition keys of the request, such as ``aws:SourceIp``.
    """

    principal: str | None
    action: str
    resource: str
    context: Context


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, its elements as lists."""

    effect: Effect
    principals: tuple[str, ...]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: dict[str, Any]

    def applies(self, asked: Asked) -> bool:
        """Whether it is about this request. ``*`` is the resource that the policy is attached to."""
        return (
            names(self.principals, asked.principal, _keys(asked))
            and any(like(action.lower(), asked.action.lower()) for action in self.actions)
            and any(like(resource, asked.resource) for resource in self.resources)
            and holds(self.condition, _keys(asked))
        )


def decide(statements: tuple[Statement, ...], asked: Asked) -> Effect:
    """Return what the statements say: an explicit Deny wins."""
    effects = {statement.effect for statement in statements if statement.applies(asked)}
    return Effect.DENY if Effect.DENY in effects else Effect.ALLOW if effects else Effect.NOTHING


def parse_policy(text: str, attached_to: str, *, wildcard_actions: bool = True) -> tuple[Statement, ...]:
    """Read a policy.

    Args:
        attached_to: ARN of the resource; every statement must be about it.
        wildcard_actions: Accept ``*`` in actions, and actions outside the documented list.

    Raises:
        ServiceError: ValidationException; the policy's text is never part of it.
    """
    try:
        document = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise invalid("Policy: not valid JSON") from error
    if not isinstance(document, dict) or document.get("Version") not in ("2012-10-17", "2008-10-17"):
        raise invalid("Policy: expected an object with Version 2012-10-17")
    if document.keys() - {"Version", "Id", "Statement"}:
        raise invalid("Policy: an element that is not one of a policy")
    statements = document.get("Statement")
    listed = [statements] if isinstance(statements, dict) else statements
    if not isinstance(listed, list) or not listed:
        raise invalid("Policy: expected at least one statement")
    return tuple(_statement(each, attached_to, wildcard_actions) for each in listed)


def _statement(found: Any, attached_to: str, wildcard_actions: bool) -> Statement:
    if not isinstance(found, dict) or found.keys() - MEMBERS or found.get("Effect") not in ("Allow", "Deny"):
        raise invalid("Policy: a statement has Effect, Principal, Action, Resource, and may have Sid and Condition")
    actions, resources = values(found.get("Action")), values(found.get("Resource"))
    for action in actions:
        _check_action(action, wildcard_actions)
    if not any(like(resource, attached_to) for resource in resources):
        raise invalid("Policy: a statement's Resource is not the one that the policy is attached to")
    condition = found.get("Condition", {})
    check_condition(condition)
    return Statement(
        Effect(found["Effect"]), _principals(found.get("Principal")), tuple(actions), tuple(resources), condition
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found


def _check_action(action: str, wildcards: bool) -> None:
    name = action.lower()
    if name in {listed.lower() for listed in LISTED_ACTIONS}:
        return
    if not wildcards:
        raise invalid("Policy: an action that resource policies of this service do not take")
    if "*" not in name or not (name == "*" or name.startswith(PREFIX)):
        raise invalid("Policy: an action that is not one of an invocation")


def _principals(found: Any) -> tuple[str, ...]:
    if found == "*":
        return ("*",)
    if not isinstance(found, dict) or not found or found.keys() - {"AWS", "Service"}:
        raise invalid("Policy: Principal is *, or has AWS or Service")
    return tuple(each for listed in found.values() for each in values(listed))


def _keys(asked: Asked) -> Context:
    if asked.principal is None:
        return asked.context
    own = {"aws:PrincipalArn": role_of(asked.principal), "aws:PrincipalAccount": account_of(asked.principal)}
    return {**own, **asked.context}
