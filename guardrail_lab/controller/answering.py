"""Answers to requests of the three URL families, as long as nothing goes wrong on the way."""

from typing import Any

from guardrail_lab.controller import rest, rpc
from guardrail_lab.controller.jobs import Jobs
from guardrail_lab.controller.refusal import Refusal
from guardrail_lab.controller.sessions import Sessions
from guardrail_lab.controller.simulation import Simulation
from guardrail_lab.controller.web import WebReply, WebRequest, json_reply

REST, RPC = "/v2.5/api/", ("/v1/api", "/v2/api")


class Answering:
    """Answers requests of sessions that are alive, and refuses the others in the words of their family."""

    def __init__(self, sim: Simulation, sessions: Sessions) -> None:
        self._sim, self._sessions, self._jobs = sim, sessions, Jobs(sim)
        self._cached = -1
        self._bodies: dict[str, bytes] = {}

    def answer(self, request: WebRequest) -> WebReply:
        """Answer a request."""
        if request.path in RPC:
            return self._rpc(request)
        if request.path.startswith(REST):
            return self._rest(request)
        return json_reply(404, {"message": "Not Found"})

    def _rest(self, request: WebRequest) -> WebReply:
        try:
            self._sessions.check_header(request.headers.get("authorization", ""))
            return self._rest_done(request)
        except Refusal as refusal:
            return json_reply(refusal.status, {"message": refusal.text})
        except ValueError:
            return json_reply(400, {"message": "the body is not JSON"})

    def _rest_done(self, request: WebRequest) -> WebReply:
        """Answer a request whose session is alive; what a read returned stands until something changes."""
        if self._cached != self._sim.revision:
            self._cached, self._bodies = self._sim.revision, {}
        reads = request.method == "GET"
        if reads and request.target in self._bodies:
            return WebReply(200, self._bodies[request.target])
        document = None if reads else request.document()
        asked = rest.RestRequest(request.method, request.below(REST), request.query, document)
        answered = rest.act(self._sim, asked)
        if answered is None:
            return WebReply(204)
        reply = json_reply(201 if request.method == "POST" else 200, answered)
        if reads:
            self._bodies[request.target] = reply.body
        return reply

    def _rpc(self, request: WebRequest) -> WebReply:
        action = ""
        try:
            fields = request.fields()
            action = fields.pop("action", "")
            results, extra = self._rpc_done(request, action, fields)
        except Refusal as refusal:
            return json_reply(200, {"return": False, "reason": refusal.text})
        except ValueError:
            return json_reply(200, {"return": False, "reason": "the body is not JSON"})
        return json_reply(200, {"return": True, "results": results, "reason": "", **extra})

    def _rpc_done(self, request: WebRequest, action: str, fields: dict[str, str]) -> tuple[Any, dict[str, str]]:
        if action == "get_api_token":
            return {"api_token": self._sessions.new_token(), "legal_terms": "", "reason": ""}, {}
        if action == "login":
            token = request.headers.get("x-access-key")
            cid = self._sessions.log_in(fields.get("username", ""), fields.get("password", ""), token)
            return f"User {fields['username']} has logged in", {"CID": cid}
        check = self._sessions.check_json if request.is_json else self._sessions.check_form
        check(fields.pop("CID", ""))
        return rpc.act(self._sim, self._jobs, action, fields), {}
