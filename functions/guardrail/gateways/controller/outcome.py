"""One request, and what came of it: an answer, or a failure in a word that can be shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    """One HTTP request, ready to be sent; headers, target and body may hold secrets, so no repr shows them."""

    method: str
    target: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, whatever its status. The body may hold a session id, so no repr shows it."""

    status: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no result.

    Attributes:
        code: The controller's own code (`AVXERR-…`) or one of ours; never a text of the controller's.
        retryable: Whether the same call may succeed later. A write may have been done all the same: read first.
        expired: Whether the session was refused, before anything was done.
    """

    code: str
    retryable: bool
    expired: bool = False


TIMEOUT = Failure("timeout", retryable=True)
CONNECTION = Failure("connection", retryable=True)
CERTIFICATE = Failure("certificate-not-trusted", retryable=False)
BAD_CA = Failure("ca-certificate-unusable", retryable=False)
TOO_LARGE = Failure("answer-too-large", retryable=False)
NOT_JSON = Failure("answer-not-json", retryable=False)
UNEXPECTED = Failure("answer-unexpected", retryable=False)
SESSION_EXPIRED = Failure("session-expired", retryable=True, expired=True)
LOGIN_REJECTED = Failure("login-rejected", retryable=False)
JOB_UNFINISHED = Failure("job-unfinished", retryable=True)
