"""The in-memory AgentCore on a loopback port, for the real SDK: it answers what a control plane says, and counts it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit

from guardrail_lab.agentcore.control_plane import ControlPlane
from guardrail_lab.agentcore.errors import ServiceError


@dataclass
class Recorded:
    """What came over the wire: operations by name, or method and path where it is none of AgentCore's."""

    url: str = ""
    requests: list[str] = field(default_factory=list)

    def changing(self) -> list[str]:
        """Those that change something, or might."""
        return [name for name in self.requests if not name.startswith(("Get", "List"))]


@contextmanager
def recording(plane: ControlPlane) -> Iterator[Recorded]:
    """Serve a control plane while the block runs."""
    recorded = Recorded()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet: two of them wait 40 ms for each other

        def answer(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            target = urlsplit(self.path)
            call = plane.model.read(self.command, unquote(target.path), parse_qs(target.query), sent)
            recorded.requests.append(call.name if call else f"{self.command} {target.path}")
            status, error, body = 404, "UnknownOperationException", b"{}"
            if call is not None:
                try:
                    status, error, body = 200, "", json.dumps(plane.call(call.name, call.parameters)).encode()
                except ServiceError as refusal:
                    status, error = refusal.status, refusal.code
                    body = json.dumps({"message": refusal.message, **refusal.extra}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if error:
                self.send_header("x-amzn-ErrorType", error)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer  # noqa: N815  http.server's names

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        recorded.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield recorded
        finally:
            server.shutdown()
