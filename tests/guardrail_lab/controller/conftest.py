"""A simulated controller without a socket, with a clock that a test sets and uuids that count."""

import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from guardrail_lab.controller.sessions import Account
from guardrail_lab.controller.simulator import Simulator
from guardrail_lab.controller.store import Store
from guardrail_lab.controller.web import WebRequest

NOON = 1_795_169_701.0  # 2026-11-20T10:15:01Z


class Desk:
    """Somebody with curl: has logged in, and sees documents."""

    def __init__(self, release: str | None = None, account: Account | None = None, store: Store | None = None) -> None:
        self.now = NOON
        numbers = count(1)
        self.simulator = Simulator(
            store or Store(None),
            release=release,
            account=account,
            clock=lambda: self.now,
            new_uuid=lambda: f"00000000-0000-4000-8000-{next(numbers):012d}",
        )
        self.cid = self.simulator.sessions.begin()

    def rest(self, method: str, path: str, document: Any = None) -> tuple[int, Any]:
        """Status and document of a `/v2.5/api` request."""
        body = b"" if document is None else json.dumps(document).encode()
        headers = {"authorization": f"cid {self.cid}", "content-type": "application/json"}
        return self.send(WebRequest(method, f"/v2.5/api/{path}", headers, body))

    def form(self, text: str, **headers: str) -> Any:
        """The envelope for a form, written as on the wire; CID123 stands for the session's."""
        body = text.replace("CID123", self.cid).encode()
        types = {"content-type": "application/x-www-form-urlencoded"}
        return self.send(WebRequest("POST", "/v2/api", types | headers, body))[1]

    def json(self, document: Any) -> Any:
        """The envelope for a JSON document."""
        body = json.dumps({"CID": self.cid, **document}).encode()
        return self.send(WebRequest("POST", "/v2/api", {"content-type": "application/json"}, body))[1]

    def query(self, text: str) -> Any:
        """The envelope for a query."""
        return self.send(WebRequest("GET", f"/v2/api?CID={self.cid}&{text}"))[1]

    def send(self, request: WebRequest) -> tuple[int, Any]:
        reply = self.simulator.handle(request)
        return reply.status, json.loads(reply.body) if reply.body else None

    def group(self, name: str, *expressions: dict[str, str]) -> str:
        selector = {"any": [{"all": expression} for expression in expressions]}
        return self.rest("POST", "app-domains", {"name": name, "selector": selector})[1]["uuid"]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def desk_of() -> Callable[..., Desk]:
    return Desk
