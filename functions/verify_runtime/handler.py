"""Lambda: look at the runtimes that these messages name, record and report what changed."""

import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from guardrail.core.errors import GatewayError, GuardrailError
from guardrail.flows.handle_message import Handled, handle_message
from guardrail.settings.runtimes import VerifySettings
from guardrail.world.runtimes import verify_world

LEAST_MILLISECONDS = 15_000
"""What one look may take; with less time left it would be cut off, and all messages of the batch would come back."""

logger = Logger(service="verify_runtime")
metrics = Metrics(namespace="AgentCoreGuardrail", service="verify_runtime")


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Handle a batch of SQS messages; those that failed come back, the others do not."""
    settings = VerifySettings.from_env(os.environ)
    policy = settings.response.policy(settings.mode, settings.zone)

    def handle(record: SQSRecord) -> None:
        try:
            if context.get_remaining_time_in_millis() < LEAST_MILLISECONDS:
                raise GatewayError("lambda", "no time left for this message", retryable=True)
            world = verify_world(settings, settings.source_url(record.event_source_arn))
            handled = handle_message(record.body, policy, world)
        except Exception as error:
            _log_failure(error, record)
            raise
        _log(handled, settings)

    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event=event, record_handler=handle, processor=processor, context=context)


def _log(handled: Handled, settings: VerifySettings) -> None:
    logger.info(handled.text, extra={"mode": settings.mode.value, **handled.fields})
    metrics.add_metric(name=handled.count, unit=MetricUnit.Count, value=1)


def _log_failure(error: Exception, record: SQSRecord) -> None:
    """Our own errors are fit to be read; of any other only the type is, for its text may quote the message."""
    why = str(error) if isinstance(error, GuardrailError) else type(error).__name__
    received = record.attributes.approximate_receive_count
    logger.error("message failed", extra={"why": why, "message_id": record.message_id, "received": received})
    metrics.add_metric(name="MessagesFailed", unit=MetricUnit.Count, value=1)
