"""Lambda: back out and in again, for people, for the schedules that end it, and for the regular check."""

import base64
import json
import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from guardrail.core.order import Command
from guardrail.flows.back_out import obey
from guardrail.settings.back_out import BackOutSettings
from guardrail.world.back_out import back_out_world

logger = Logger(service="back_out")
metrics = Metrics(namespace="AgentCoreGuardrail", service="back_out")

SIGNED = "signed"
"""The alias that only the Function URL leads to. Anybody who may invoke can send what a URL would send, so that who the
caller is counts only there."""
BREAK_GLASS = "break-glass"
"""The alias for whoever breaks the glass, to whom exemptions are not open: they could be renewed for ever."""


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Do what is asked; what is refused is an answer. Only the regular check fails, so that its alarm goes off.

    It fails on a switch that cannot be read, too: while there is one, no suspension ends.
    """
    function_arn, alias = _invoked(context.invoked_function_arn)
    command, caller = _asked(event, alias)
    world = back_out_world(BackOutSettings.from_env(os.environ), function_arn, exempts=alias != BREAK_GLASS)
    answer = obey(command, caller, world)
    _log(command, answer)
    if (answer["failed"] or answer["refused"]) and _name(command) == Command.SETTLE:
        raise RuntimeError("the regular check could not settle everything; see the log")
    return answer


def _invoked(arn: str) -> tuple[str, str]:
    """Return the function's ARN without a qualifier, and the qualifier."""
    parts = arn.split(":")
    return ":".join(parts[:7]), parts[7] if len(parts) > 7 else ""


def _asked(event: dict[str, Any], alias: str) -> tuple[Any, str | None]:
    """Return the command, and the caller that AWS vouches for when it came through the Function URL."""
    request = event.get("requestContext")
    if not isinstance(request, dict):
        return event, None
    body = event.get("body") or ""
    try:
        command = json.loads(base64.b64decode(body) if event.get("isBase64Encoded") else body)
    except ValueError:
        return None, None
    caller = ((request.get("authorizer") or {}).get("iam") or {}).get("userArn") if alias == SIGNED else None
    return command, caller


def _name(command: Any) -> str:
    known = isinstance(command, dict) and command.get("command") in list(Command)
    return str(command["command"]) if known else "unknown"


def _log(command: Any, answer: dict[str, Any]) -> None:
    fields = {key: answer[key] or "" for key in ("until", "caller", "refused", "failed", "notes")}
    fields |= {"done": answer["done"], "calls": answer["calls"], "proof": answer["proof"]["status"]}
    logger.info("order handled", extra={"command": _name(command), **fields})
    count = "OrdersDone" if answer["done"] else "OrdersNotDone"
    metrics.add_metric(name=count, unit=MetricUnit.Count, value=1)
