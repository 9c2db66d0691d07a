"""AUTH=true: SQS authorizes a batch by the action of its single form; IAM knows no sqs:SendMessageBatch."""

from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions

from guardrail_lab.emulator.seam import replace


def install() -> None:
    """Check sqs:SendMessage for SendMessageBatch, and so on."""

    def without_batch(original: Callable[..., str | None]) -> Callable[..., str | None]:
        def extract(service: str, *request: Any) -> str | None:
            action = original(service, *request)
            return action.removesuffix("Batch") if action and service == "sqs" else action

        return extract

    replace(iam_actions, "extract_iam_action", without_batch)
