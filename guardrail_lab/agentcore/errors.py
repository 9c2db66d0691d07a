"""How the control plane refuses: the code, the message and the HTTP status that the SDK turns into an exception."""

from collections.abc import Mapping
from typing import Any


class ServiceError(Exception):
    """One error answer.

    Attributes:
        code: The exception's name on the wire, such as ConflictException.
        status: HTTP status.
        extra: Further members of the answer, such as a ValidationException's ``reason``.
        took_effect: Whether the change was made although the caller is told that it failed.
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: int,
        extra: Mapping[str, Any] | None = None,
        *,
        took_effect: bool = False,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status
        self.extra = dict(extra or {})
        self.took_effect = took_effect


def invalid(message: str, reason: str = "FieldValidationFailed") -> ServiceError:
    """A request that can never succeed as it is."""
    return ServiceError("ValidationException", message, 400, {"reason": reason})


def conflict(message: str) -> ServiceError:
    """A request that the present state forbids."""
    return ServiceError("ConflictException", message, 409)


def not_found(what: str) -> ServiceError:
    """Something that the request names is not there."""
    return ServiceError("ResourceNotFoundException", f"{what} was not found", 404)


def denied(message: str) -> ServiceError:
    """A policy forbids it."""
    return ServiceError("AccessDeniedException", message, 403)


def over_quota(what: str, limit: int) -> ServiceError:
    """One more would be too many."""
    return ServiceError("ServiceQuotaExceededException", f"{what}: the limit of {limit} is reached", 402)


def throttled(operation: str) -> ServiceError:
    """Too many requests."""
    return ServiceError("ThrottlingException", f"Rate exceeded for {operation}", 429)
