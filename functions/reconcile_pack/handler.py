"""Lambda: compare a controller with its policy pack, on schedule; apply the pack, on deploy or by command."""

import os
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from guardrail.core.errors import GuardrailError
from guardrail.core.firewall.reconcile_request import Command, Deployed, Ordered, RequestType, parse_request
from guardrail.flows.deploy_pack import apply_now, deploy_pack, plan_now
from guardrail.flows.keep_firewall import keep_firewall
from guardrail.flows.keeping import Keeping, World
from guardrail.gateways.cloudformation import answer
from guardrail.settings.firewall import ReconcileSettings, response_place
from guardrail.world.firewall import firewall_world

logger = Logger(service="reconcile_pack")
metrics = Metrics(namespace="AgentCoreGuardrail", service="reconcile_pack")

PATIENCE_SECONDS = 120
"""How long people and deploys wait for a run that is under way; the schedule comes again anyway."""
IN_SYNC = "in-sync"


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Do what the event asks for. CloudFormation is answered whatever happens; other failures fail the invocation."""
    metrics.add_metric(name="Requests", unit=MetricUnit.Count, value=1)
    request = parse_request(event, response_place(os.environ))
    if isinstance(request, Deployed):
        return _deploy(request, os.environ)
    try:
        done = _do(request, os.environ)
    except GuardrailError as error:
        logger.error("command failed", extra={"command": request.command.value, "why": str(error)})
        raise
    return done


def _do(order: Ordered, environ: Mapping[str, str]) -> dict[str, Any]:
    patience = 0 if order.command is Command.KEEP else PATIENCE_SECONDS
    keeping, world = firewall_world(ReconcileSettings.from_env(environ), patience)
    if order.command is Command.KEEP:
        return _keep(keeping, world)
    if order.command is Command.RULE:
        return {"rules": world.memories.read().memory.registry.of(order.uuid)}
    report = (plan_now if order.command is Command.PLAN else apply_now)(keeping, world)
    document: dict[str, Any] = {**report.document(), "error": report.error}
    _log(order.command.value, document, keeping)
    return document


def _keep(keeping: Keeping, world: World) -> dict[str, Any]:
    kept = keep_firewall(keeping, world)
    document = {"state": IN_SYNC if kept.state is None else kept.state.value, **kept.report.document()}
    _log("keep", document, keeping)
    metrics.add_metric(name="FirewallDrift", unit=MetricUnit.Count, value=int(kept.state is not None))
    return document


def _deploy(request: Deployed, environ: Mapping[str, str]) -> dict[str, Any]:
    """Answer CloudFormation. Deleting deletes nothing on the controller: a firewall does not open by accident."""
    name, data = "firewall", {"Sync": "Unknown", "Pack": ""}
    failure: str | None = None
    try:
        settings = ReconcileSettings.from_env(environ)
        name = f"firewall/{settings.controller.removeprefix('https://')}"
        if request.type is not RequestType.DELETE:
            keeping, world = firewall_world(settings, PATIENCE_SECONDS)
            report, failure = deploy_pack(keeping, world)
            data = {"Sync": report.sync.value, "Pack": keeping.digest}
    except GuardrailError as error:
        failure = str(error)
    except Exception as error:  # noqa: BLE001  else CloudFormation would wait until its time is up
        failure = f"a defect: {type(error).__name__}"
    failed = None if failure is None or request.type is RequestType.DELETE else f"{name}: {failure}"
    logger.info("deploy answered", extra={"request": request.type.value, "why": failed, **data})
    answer(request, physical_id=request.physical_id or name, failure=failed, data=data)
    return {"answered": "FAILED" if failed else "SUCCESS"}


def _log(command: str, document: Mapping[str, Any], keeping: Keeping) -> None:
    fields = {key: document.get(key) for key in ("state", "sync", "refused", "writes", "foreign", "error")}
    changes = len(document.get("changes") or ())
    extra = {"command": command, "controller": keeping.controller, "pack": keeping.digest, "changes": changes}
    logger.info("controller compared", extra={**extra, **fields})
