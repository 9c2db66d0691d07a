"""Lambda: put a look at every runtime on the queue."""

import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from guardrail.flows.sweep_runtimes import sweep_runtimes
from guardrail.settings.runtimes import SweepSettings
from guardrail.world.runtimes import sweep_world

logger = Logger(service="sweep_runtimes")
metrics = Metrics(namespace="AgentCoreGuardrail", service="sweep_runtimes")


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Sweep once; what the schedule sends is not looked at."""
    swept = sweep_runtimes(sweep_world(SweepSettings.from_env(os.environ)))
    answer = {"asked": swept.asked, "skipped": swept.skipped, "continues": swept.continues}
    logger.info("runtimes swept", extra={**answer, "records_moved": swept.moved, "records_waiting": swept.waiting})
    metrics.add_metric(name="LooksAsked", unit=MetricUnit.Count, value=swept.asked)
    metrics.add_metric(name="RecordsWaiting", unit=MetricUnit.Count, value=swept.waiting)
    metrics.add_metric(name="SweepsSkipped", unit=MetricUnit.Count, value=int(swept.skipped))
    return answer
