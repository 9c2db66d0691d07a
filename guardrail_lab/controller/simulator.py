"""The simulated controller: a request in, a reply out; no socket, and no clock but the one it is given."""

import time
from collections import deque
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import orjson

from guardrail_lab.controller import posture
from guardrail_lab.controller.answering import REST, RPC, Answering
from guardrail_lab.controller.dataplane import Dataplane
from guardrail_lab.controller.faults import Fault, Faults, Kind
from guardrail_lab.controller.sessions import Account, Sessions
from guardrail_lab.controller.simulation import Simulation, Timing
from guardrail_lab.controller.store import Store
from guardrail_lab.controller.web import WebReply, WebRequest
from guardrail_lab.controller.world import Document

_PROXY_PAGE = b"<html><head><title>%d</title></head><body><center><h1>%d</h1></center></body></html>"
_MOST_CALLS = 10_000


class Simulator:
    """Handles requests, one at a time.

    Args:
        store: Where the world is kept.
        release: The version to emulate; None for the one that the world has, or 9.0.
        account: Who may log in.
        clock: Seconds since 1970.
        new_uuid: Gives a uuid that was never given before.
    """

    def __init__(
        self,
        store: Store,
        *,
        release: str | None = None,
        account: Account | None = None,
        timing: Timing | None = None,
        clock: Callable[[], float] = time.time,
        new_uuid: Callable[[], str] = lambda: str(uuid4()),
    ) -> None:
        self._store = store
        self._followers: list[Callable[[Simulation], None]] = []
        self.sim = Simulation(store.load(release), clock, new_uuid, timing or Timing())
        self.sessions = Sessions(account or Account(), clock, lambda: self.sim.timing.session)
        self.dataplane = Dataplane(self.sim)
        self.faults = Faults()
        self.calls: deque[Document] = deque(maxlen=_MOST_CALLS)
        self._answering = Answering(self.sim, self.sessions)
        self._saved = -1
        self.keep()

    def handle(self, request: WebRequest) -> WebReply:
        """Answer a request as the controller would, or as its network would, with a fault."""
        name = self._name(request)
        due = self.faults.due(name)
        self.calls.append(self._record(request, name))
        for fault in due:
            self._before(fault)
        kinds = {fault.kind: fault for fault in due}
        if Kind.DROP in kinds:
            return WebReply(0, dropped=True)
        if Kind.STATUS in kinds:
            status = kinds[Kind.STATUS].status
            return WebReply(status, _PROXY_PAGE % (status, status), "text/html")
        return _spoiled(self.answer(request), kinds)

    def answer(self, request: WebRequest) -> WebReply:
        """Answer a request; no fault comes in between."""
        try:
            return self._answering.answer(request)
        finally:
            self.keep()

    def follow(self, follower: Callable[[Simulation], None]) -> None:
        """Have somebody, such as what programs routes in EC2, told now and after every change."""
        self._followers.append(follower)
        follower(self.sim)

    def restart(self) -> None:
        """End all sessions, and reset the feature flags to what they are at boot."""
        self.sessions.end_all()
        posture.reboot(self.sim)
        self.keep()

    def _before(self, fault: Fault) -> None:
        """Let happen what happens right before a call."""
        if fault.kind is Kind.EXPIRE:
            self.sessions.end_all()
        if fault.kind is Kind.REBOOT:
            self.restart()
        if fault.kind is Kind.WRITER:
            self.write_as_somebody_else(fault.request)

    def write_as_somebody_else(self, request: Any) -> WebReply:
        """Make a `/v2.5/api` request (`method`, `path`, `document`) in a session of another administrator."""
        cid = self.sessions.begin()
        body = orjson.dumps(request["document"]) if "document" in request else b""
        headers = {"authorization": f"cid {cid}"}
        return self.answer(WebRequest(request["method"], f"{REST}{request['path']}", headers, body))

    def _name(self, request: WebRequest) -> str:
        """Return the action or the path of a request."""
        if request.path not in RPC:
            return request.path
        try:
            return request.fields().get("action", "")
        except ValueError:
            return ""

    def _record(self, request: WebRequest, name: str) -> Document:
        """Return a call as the list of calls has it: nothing of its body."""
        key = "action" if request.path in RPC else "path"
        return {"method": request.method, key: name}

    def keep(self) -> None:
        """Let what has changed reach the gateways and the file."""
        self.dataplane.notice()
        if self._saved != self.sim.revision:
            self._store.save(self.sim.world)
            self._saved = self.sim.revision
            for follower in self._followers:
                follower(self.sim)


def _spoiled(reply: WebReply, kinds: dict[Kind, Fault]) -> WebReply:
    delay = kinds[Kind.LATENCY].seconds if Kind.LATENCY in kinds else 0.0
    half = len(reply.body) // 2
    if Kind.LOSE in kinds:
        return WebReply(0, dropped=True, delay=delay)
    if Kind.CUT in kinds:
        return WebReply(reply.status, reply.body, reply.content_type, delay, cut=half)
    body = reply.body[:half] if Kind.GARBLE in kinds else reply.body
    return WebReply(reply.status, body, reply.content_type, delay)
