"""Orders to a deployed guardrail: its functions are found by their stacks' outputs, and invoked."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore.config import Config

from guardrail.core.errors import GatewayError, GuardrailError, InvalidInput
from guardrail.core.order import Command, Order
from guardrail.core.switch import Scope
from guardrail.flows.answer import Answer
from guardrail.gateways.aws import Client, failures_of

NAME, SCOPES = "BackOutFunction", "BackOutScopes"
"""Outputs of the stacks: a function's name, and the scopes that it can back out, with commas."""
LONGEST_SECONDS = 900
"""How long a function may run; a detach takes minutes."""
_OTHER_WAY = "--controller URL goes straight to a controller, without AWS"

Clients = Callable[[str], Client]


@dataclass(frozen=True, slots=True)
class Function:
    """A deployed back_out function. `scopes` is empty where nobody says which it has."""

    name: str
    scopes: frozenset[str] = frozenset()

    def has(self, scope: Scope) -> bool:
        """Say whether it can back out a scope, as far as is known."""
        return not self.scopes or scope.value in self.scopes


def obeyed(
    document: Mapping[str, Any], order: Order, name: str | None, say: Callable[[str], None]
) -> dict[str, Mapping[str, Any]]:
    """Give an order to whom it is for, and return each function's answer.

    That AWS or a function failed is an answer too, and does not keep the order from the other functions.

    Args:
        name: Of the one function to ask; None to find those that the order is for.
        say: Told what is waited for.

    Raises:
        GuardrailError: It is not clear who is to be asked.
    """
    make = _clients()
    try:
        functions = [Function(name)] if name else chosen(deployed_functions(make), order)
    except GatewayError as error:
        return {"AWS": _failed(error, order)}
    answers: dict[str, Mapping[str, Any]] = {}
    for function in functions:
        say(f"waiting for {function.name}")
        try:
            answers[function.name] = invoke(make, function, document)
        except GuardrailError as error:
            answers[function.name] = _failed(error, order)
    return answers


def _failed(error: GuardrailError, order: Order) -> dict[str, Any]:
    """Return what failed as an answer; where AWS did, with the way around it."""
    around = isinstance(error, GatewayError) and order.command not in (Command.EXEMPT, Command.REVOKE)
    return Answer(done=False, failed=f"{error}; {_OTHER_WAY}" if around else str(error)).document(calls=0, caller=None)


def _clients() -> Clients:
    """Return what makes clients, with the credentials and the Region that the AWS tools would use here."""
    session = botocore.session.Session()
    region = os.environ.get("AWS_REGION")  # which the AWS CLI asks first, and botocore not at all
    # An order is not sent twice: the function may still be at the first.
    config = Config(
        connect_timeout=5,
        read_timeout=LONGEST_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 1},
        user_agent_extra="agentcore-guardrail/cli",
    )

    def client(service: str) -> Client:
        with failures_of(service):
            return session.create_client(service, region_name=region, config=config)

    return client


def chosen(functions: Sequence[Function], order: Order) -> list[Function]:
    """Return the functions that an order is for: one for each scope that it is about, all if it names none.

    Raises:
        GuardrailError: There is none, or it is not clear which.
    """
    wanted = order.scopes or [scope for scope in Scope if any(function.has(scope) for function in functions)]
    found: dict[Function, None] = {}
    for scope in wanted:
        able = [function for function in functions if function.has(scope)]
        if len(able) != 1:
            names = f"; there are {', '.join(each.name for each in able)}" if able else f", by its output {NAME}"
            raise InvalidInput("--function", f"the name of the function for {scope}{names}")
        found[able[0]] = None
    if not found:
        raise InvalidInput("--function", f"a name: no stack of this account and Region has the output {NAME}")
    return list(found)


def deployed_functions(make: Clients) -> list[Function]:
    """Return the functions that the stacks of this account and Region name.

    Raises:
        GatewayError: The stacks could not be listed.
    """
    with failures_of("cloudformation:DescribeStacks"):
        pages = make("cloudformation").get_paginator("describe_stacks").paginate()
        outputs = [_outputs(stack) for page in pages for stack in page["Stacks"]]
    return [Function(each[NAME], _scopes(each)) for each in outputs if NAME in each]


def invoke(make: Clients, function: Function, document: Mapping[str, Any]) -> dict[str, Any]:
    """Give a function an order and return its answer.

    Raises:
        GuardrailError: It could not be invoked, failed, or answered with something else.
    """
    with failures_of("lambda:Invoke"):
        answer = make("lambda").invoke(FunctionName=function.name, Payload=json.dumps(document).encode())
        payload = json.loads(answer["Payload"].read() or b"null")
    if answer.get("FunctionError"):
        raise GuardrailError(f"the function failed: {_failure(payload)}; guardrail status says what is in force")
    if not isinstance(payload, dict) or "done" not in payload:
        raise GatewayError("lambda:Invoke", "the function's answer is not that of a back_out function", retryable=False)
    return payload


def _outputs(stack: Mapping[str, Any]) -> dict[str, str]:
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", ())}


def _scopes(outputs: Mapping[str, str]) -> frozenset[str]:
    return frozenset(filter(None, outputs.get(SCOPES, "").split(",")))


def _failure(payload: object) -> str:
    """Return what an unhandled error or a time-out says, without its traceback."""
    message = payload.get("errorMessage") if isinstance(payload, dict) else None
    return " ".join(str(message or "it failed").split())
