"""AWS from memory: answers in place of botocore's HTTP send, the same for every contender."""

from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session

Answers = dict[str, str]
"""Bodies of HTTP 200 answers by request: `METHOD /path?query`, or the operation in `X-Amz-Target`."""


class CannedAws:
    """Stands in for everything below botocore's HTTP session; all above it (signing, parsing, retries) is real."""

    def __init__(self, answers: Answers) -> None:
        self.requests: list[str] = []
        self._answers = {request: body.encode() for request, body in answers.items()}

    def install(self) -> None:
        """Serve every botocore client of this process."""
        URLLib3Session.send = lambda _, request: self.send(request)

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Answer one signed request. One that nobody expected is a KeyError: the benchmark is wrong, not AWS."""
        name = request_name(request)
        self.requests.append(name)
        return AWSResponse(request.url, 200, {"Content-Type": "application/json"}, _Body(self._answers[name]))


def request_name(request: AWSPreparedRequest) -> str:
    """Return what tells one request from another."""
    target = request.headers.get("X-Amz-Target")
    if target is None:
        return f"{request.method} /{request.url.split('/', 3)[3]}"
    return target.decode() if isinstance(target, bytes) else str(target)


class _Body:
    """As much of urllib3's response as botocore reads."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, *_: Any, **__: Any) -> list[bytes]:
        return [self._content]
