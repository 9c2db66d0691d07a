"""The two AWS services that operators' commands call, canned: stacks with outputs, and functions that answer."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from xml.sax.saxutils import escape

ANSWER = {
    "done": True, "before": {"switch": "engaged"}, "after": {"switch": "backed-out"}, "calls": 3,
    "until": "2026-11-20T18:00:00+00:00", "proof": {"status": "proven", "routes": []}, "caller": None, "undo": None,
    "notes": [], "refused": None, "failed": None, "would": None,
}  # fmt: skip

_GATEWAY = "agentcore-vca-agentcore-spoke"
BACKED_OUT = ANSWER | {
    "undo": {
        "fields": [
            {"of": f"gateway/{_GATEWAY}", "name": "snat", "before": True, "after": False, "label": f"{_GATEWAY} snat"}
        ]
    },
    "proof": {
        "status": "proven",
        "routes": [
            {
                "subnet": "subnet-0a1b2c3d4e5f60001", "route_table": "rtb-0a1b2c3d4e5f60001",
                "target": "nat-0a1b2c3d4e5f60001", "state": "active", "at_spoke": False,
            }
        ],
    },
}  # fmt: skip
STATUS = ANSWER | {
    "suspensions": [
        {
            "scope": "insertion", "target": _GATEWAY, "since": "2026-11-20T14:00:00+00:00",
            "until": "2026-11-20T18:00:00+00:00", "reason": "INC-42", "claimed_by": "me", "caller": None,
            "phase": "held", "order": {"command": "back-out", "scope": "insertion"}, "stuck": "",
            "fields": [f"{_GATEWAY} snat"],
            "fights": [f"{_GATEWAY} snat is no longer as the back-out left it"],
        }
    ],
    "exemptions": [
        {
            "id": "EX-7", "owner": "orders team", "reason": "later", "ticket": "OPS-1", "runtimes": ["orders_*"],
            "rules": ["network-mode"], "expires": "2026-12-31",
        }
    ],
}  # fmt: skip


@dataclass
class Endpoint:
    """What is deployed, and what was asked of it.

    Attributes:
        stacks: The outputs of each stack.
        answers: By function's name: what it returns, what makes that of the order, or an error's message.
        orders: Name and payload of each invocation.
    """

    url: str = ""
    stacks: list[dict[str, str]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    orders: list[tuple[str, Any]] = field(default_factory=list)

    def invoked(self, name: str, order: Any) -> tuple[int, dict[str, str], bytes]:
        self.orders.append((name, order))
        if name not in self.answers:
            body = {"Type": "User", "message": "no function of that name"}
            return 404, {"x-amzn-ErrorType": "ResourceNotFoundException"}, json.dumps(body).encode()
        answer = self.answers[name]
        answer = answer(order) if callable(answer) else answer
        if isinstance(answer, str):
            failure = {"errorMessage": answer, "errorType": "RuntimeError", "stackTrace": ["secret line"]}
            return 200, {"X-Amz-Function-Error": "Unhandled"}, json.dumps(failure).encode()
        return 200, {}, json.dumps(answer).encode()

    def described(self) -> bytes:
        """All stacks; in one page, as few accounts have more than a hundred."""
        members = "".join(f"<member>{_stack(number, outputs)}</member>" for number, outputs in enumerate(self.stacks))
        result = f"<DescribeStacksResult><Stacks>{members}</Stacks></DescribeStacksResult>"
        return f"<DescribeStacksResponse>{result}</DescribeStacksResponse>".encode()


def _stack(number: int, outputs: dict[str, str]) -> str:
    told = "".join(
        f"<member><OutputKey>{key}</OutputKey><OutputValue>{escape(value)}</OutputValue></member>"
        for key, value in outputs.items()
    )
    return (
        f"<StackName>s{number}</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime>"
        f"<StackStatus>CREATE_COMPLETE</StackStatus><Outputs>{told}</Outputs>"
    )


@contextmanager
def aws_endpoint() -> Iterator[Endpoint]:
    """Serve on a loopback port while the block runs."""
    endpoint = Endpoint()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(endpoint))
    endpoint.url = f"http://127.0.0.1:{server.server_address[1]}"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()


def _handler(endpoint: Endpoint) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.startswith("/2015-03-31/functions/"):
                status, headers, answer = endpoint.invoked(self.path.split("/")[3], json.loads(body))
            else:
                status, headers, answer = 200, {"Content-Type": "text/xml"}, endpoint.described()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler
