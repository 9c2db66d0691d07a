"""AgentCore's control plane on a loopback port: answers rest-json, keeps every call, fails where it is told to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Json = dict[str, Any]
ENDPOINT_VARIABLE = "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE_CONTROL"


_TOOLS = {
    "/browsers": ("ListBrowsers", "browserSummaries"),
    "/code-interpreters": ("ListCodeInterpreters", "codeInterpreterSummaries"),
}


@dataclass
class AgentCoreServer:
    """What the service knows.

    Attributes:
        runtimes: Snapshot documents by runtime id; `versions` holds every version.
        faults: HTTP status and error code by call, such as `GetAgentRuntime 3` (a version) or
            `ListAgentRuntimeEndpoints`; a number beside them says how often, for ever without.
        page: Items on a page of a list.
        raw: Bytes to answer instead, by runtime id.
        answers: Status and body for requests of other operations, by method and path up to the first id; where there
            are some in a row, a list of them is given instead.
        bodies: What those requests held.
        calls: Every call, in order: operation, and the version asked for.
    """

    runtimes: dict[str, Json] = field(default_factory=dict)
    faults: dict[str, tuple[int, str] | list[tuple[int, str]]] = field(default_factory=dict)
    page: int = 100
    raw: dict[str, bytes] = field(default_factory=dict)
    answers: dict[str, tuple[int, Json] | list[tuple[int, Json]]] = field(default_factory=dict)
    bodies: list[Json] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    url: str = ""

    def forget(self) -> None:
        """Empty the account."""
        self.runtimes, self.faults, self.page, self.raw, self.calls = {}, {}, 100, {}, []
        self.answers, self.bodies = {}, []

    def answer(self, method: str, path: str, query: dict[str, str], body: bytes = b"") -> tuple[int, Json | bytes]:
        """The status and body for one request."""
        known = next((name for name in self.answers if f"{method} {unquote(path)}".startswith(name)), None)
        if known is not None:
            self.calls.append(known)
            self.bodies.append(json.loads(body or b"{}"))
            prepared = self.answers[known]
            return prepared.pop(0) if isinstance(prepared, list) else prepared
        if path in _TOOLS:
            return self._call(_TOOLS[path][0]) or (200, {_TOOLS[path][1]: []})
        _, _, runtime_id, *rest = [unquote(part) for part in path.split("/")]
        if not runtime_id:
            return self._call("ListAgentRuntimes") or self._runtimes(query)
        if rest == ["runtime-endpoints", ""]:
            return self._call("ListAgentRuntimeEndpoints") or self._endpoints(runtime_id, query)
        if method == "GET" and rest == [""]:
            name = f"GetAgentRuntime {query['version']}" if "version" in query else "GetAgentRuntime"
            return self._call(name) or self._get(runtime_id, query.get("version"))
        return self._call(f"{method} {path}") or (400, {"message": "not one of the calls that only read"})

    def _call(self, name: str) -> tuple[int, Json] | None:
        self.calls.append(name)
        fault = self.faults.get(name)
        if isinstance(fault, list):
            fault = fault.pop(0) if fault else None
        return None if fault is None else (fault[0], {"message": "no reason", "__type": fault[1]})

    def _get(self, runtime_id: str, version: str | None) -> tuple[int, Json | bytes]:
        if runtime_id in self.raw:
            return 200, self.raw[runtime_id]
        document = self.runtimes.get(runtime_id)
        found = document and (document["runtime"] if version is None else document["versions"].get(version))
        return (200, found) if found else (404, {"message": "gone", "__type": "ResourceNotFoundException"})

    def _endpoints(self, runtime_id: str, query: dict[str, str]) -> tuple[int, Json]:
        items = self.runtimes.get(runtime_id, {"endpoints": []})["endpoints"]
        return 200, self._paged("runtimeEndpoints", items, query)

    def _runtimes(self, query: dict[str, str]) -> tuple[int, Json]:
        if not query.get("nextToken", "0").isdigit():
            return 400, {"message": "no such token", "__type": "ValidationException"}
        items = [self.runtimes[runtime_id]["runtime"] for runtime_id in sorted(self.runtimes)]
        return 200, self._paged("agentRuntimes", items, query)

    def _paged(self, key: str, items: list[Json], query: dict[str, str]) -> Json:
        start = int(query.get("nextToken", "0"))
        following = start + min(self.page, int(query.get("maxResults", "100")))
        page: Json = {key: items[start:following]}
        return page | ({"nextToken": str(following)} if following < len(items) else {})


@contextmanager
def agentcore_server() -> Iterator[AgentCoreServer]:
    """A server that runs while the block does."""
    state = AgentCoreServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet: two of them wait 40 ms for each other

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            target = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(target.query).items()}
            status, answer = state.answer(self.command, target.path, query, body)
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if isinstance(answer, dict) and "__type" in answer:
                self.send_header("x-amzn-ErrorType", answer["__type"])
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815  http.server's names

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        state.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield state
        server.shutdown()
