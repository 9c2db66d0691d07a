"""The answer to a custom resource's request, which CloudFormation waits for at an address it gave."""

import json
from collections.abc import Mapping

import urllib3

from guardrail.core.errors import GatewayError
from guardrail.core.firewall.reconcile_request import Deployed

LONGEST_REASON = 1_000
"""Characters; CloudFormation takes 4,096 bytes in all."""
_TRIES = urllib3.Retry(total=4, backoff_factor=0.5, status_forcelist=(500, 503), allowed_methods=None)


def answer(request: Deployed, *, physical_id: str, failure: str | None, data: Mapping[str, str]) -> None:
    """Say that it is done, or why it failed, at the address that `parse_request` has found to be CloudFormation's.

    Args:
        failure: One line for whoever deploys, None for success.
        data: What the stack may read of the resource.

    Raises:
        GatewayError: The address takes nothing; CloudFormation will wait until its time is up.
    """
    document = {
        "Status": "SUCCESS" if failure is None else "FAILED",
        "Reason": (failure or "done")[:LONGEST_REASON],
        "PhysicalResourceId": physical_id,
        "StackId": request.stack_id,
        "RequestId": request.request_id,
        "LogicalResourceId": request.logical_id,
        "Data": dict(data),
    }
    try:
        reply = urllib3.request(
            "PUT",
            request.response_url,
            body=json.dumps(document).encode(),
            headers={"Content-Type": ""},  # the address is signed without one
            retries=_TRIES,
            redirect=False,  # whoever leads us on is not where CloudFormation waits
            timeout=10,
        )
    except urllib3.exceptions.HTTPError as error:
        raise GatewayError("cloudformation:PutResponse", type(error).__name__, retryable=True) from None
    if reply.status >= 300:
        raise GatewayError("cloudformation:PutResponse", f"http-{reply.status}", retryable=False)
