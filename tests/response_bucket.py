"""What takes the answers to CloudFormation's requests, on a loopback port."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any


@dataclass
class ResponseBucket:
    """Where it is, what it got, the statuses that it answers first, and where it sends people who ask elsewhere."""

    url: str = ""
    received: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    elsewhere: str = ""

    @property
    def endpoint(self) -> str:
        return self.url.rpartition("/")[0]

    def documents(self) -> list[dict[str, Any]]:
        return [document for _, _, document in self.received]


@contextmanager
def response_bucket() -> Iterator[ResponseBucket]:
    bucket = ResponseBucket()

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            bucket.received.append((self.path, self.headers["Content-Type"], json.loads(body)))
            self.send_response(bucket.statuses.pop(0) if bucket.statuses else 200)
            self.send_header("Content-Length", "0")
            if bucket.elsewhere:
                self.send_header("Location", bucket.elsewhere)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=lambda: server.serve_forever(poll_interval=0.01), daemon=True).start()
        bucket.url = f"http://127.0.0.1:{server.server_port}/answer?signature=a%2Fb"
        yield bucket
        server.shutdown()
