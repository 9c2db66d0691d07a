"""One botocore session, its clients made on first use, its failures in our words."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)

from guardrail.core.errors import GatewayError

Client = Any
"""A botocore client; its type is only known from the service model."""

_THROTTLED_CODES = frozenset(
    {
        "ThrottlingException",
        "Throttling",
        "ThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "ProvisionedThroughputExceededException",
        "RequestThrottled",
        "SlowDown",
    }
)


def client_factory(function: str) -> Callable[[str], Client]:
    """Return a function that gives the client of a service, the same one each time.

    botocore's session is used directly: boto3 on top of it costs a cold start some hundredths of a second.

    Args:
        function: Named in the user agent, so that CloudTrail shows which of our functions called.
    """
    session = botocore.session.Session()
    config = Config(
        retries={"mode": "standard", "total_max_attempts": 4},
        connect_timeout=3,
        read_timeout=8,
        user_agent_extra=f"agentcore-guardrail/{function}",
    )

    def client(service: str) -> Client:
        with _nothing_is_garbage():
            return session.create_client(service, config=config)

    return cache(client)


@contextmanager
def _nothing_is_garbage() -> Iterator[None]:
    """Keep the collector off what is made here: a service model is a great many objects, and all of them stay.

    To look through them again and again for garbage is a tenth of a cold start.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def failures_of(operation: str) -> Iterator[None]:
    """Turn botocore's errors into a GatewayError that names the operation and the code, never the input."""
    try:
        yield
    except ClientError as error:
        raise GatewayError(operation, error_code(error), retryable=is_retryable(error)) from None
    except (HTTPClientError, EndpointConnectionError, ConnectTimeoutError) as error:
        raise GatewayError(operation, type(error).__name__, retryable=True) from None
    except BotoCoreError as error:
        raise GatewayError(operation, type(error).__name__, retryable=False) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:  # what botocore makes of an answer that is none
        raise GatewayError(operation, f"{type(error).__name__} in its answer", retryable=True) from None


def error_code(error: ClientError) -> str:
    """Return the service's own error code."""
    return str(error.response.get("Error", {}).get("Code", "Unknown"))


def is_throttled(error: ClientError) -> bool:
    """Say whether the call was turned away because there were too many: it had no effect."""
    return error_code(error) in _THROTTLED_CODES or _status(error) == 429


def is_retryable(error: ClientError) -> bool:
    """Say whether the same call may succeed later: throttled, or the service's own fault."""
    return is_throttled(error) or _status(error) >= 500


def _status(error: ClientError) -> int:
    status: int = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status
