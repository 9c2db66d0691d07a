"""CloudFormation: a managed policy for a role that does not exist fails; ministack attaches it to the others."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from ministack.services.cloudformation import provisioners

from guardrail_lab.emulator.seam import replace

Handler = Callable[..., Any]


def install() -> None:
    """Look for them first, as ministack does for inline policies, so that nothing has changed when one is missing."""

    def with_a_look(handlers: dict[str, dict[str, Handler]]) -> dict[str, dict[str, Handler]]:
        of_policies = handlers["AWS::IAM::ManagedPolicy"]
        of_policies["create"] = _after_a_look(of_policies["create"], properties=1)
        of_policies["update"] = _after_a_look(of_policies["update"], properties=2)
        return handlers

    replace(provisioners, "_RESOURCE_HANDLERS", with_a_look)


def _after_a_look(original: Handler, *, properties: int) -> Handler:
    @wraps(original)
    def handler(*arguments: Any, **named: Any) -> Any:
        provisioners._iam_policy_require_entities(arguments[properties])
        return original(*arguments, **named)

    return handler
