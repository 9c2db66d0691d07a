"""One call in each of the four ways in which the controller takes calls, and how each becomes a message."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlencode

from guardrail.gateways.controller.hidden import Hidden
from guardrail.gateways.controller.outcome import Message

RPC_TARGET = "/v2/api"
REST_TARGET = "/v2.5/api"
FORM_TYPE = "application/x-www-form-urlencoded"
JSON_TYPE = "application/json"
CALL_SECONDS = 60.0
LONG_CALL_SECONDS = 900.0
"""For attach and detach, which answer when all is done."""
USER_AGENT = "agentcore-guardrail"


class Way(StrEnum):
    """How a call travels, and with that where its session id goes and how a dead session is told."""

    QUERY = "query"
    FORM = "form"
    JSON = "json"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Call:
    """One call.

    Attributes:
        name: The action, or the path below `/v2.5/api/`.
        operation: What errors call it; holds no name or id of an object.
        content: Form or query fields, or the JSON document; None for no body.
        read: Whether it changes nothing, so that it may be sent again when no answer came.
        seconds: Limit for one answer.
    """

    way: Way
    method: str
    name: str
    operation: str
    content: Any = field(default=None, repr=False)
    read: bool = False
    seconds: float = CALL_SECONDS

    def document(self) -> dict[str, str]:
        """Return the call as plans and records list it: `method`, and `path` or `action`."""
        if self.way is Way.REST:
            return {"method": self.method, "path": f"{REST_TARGET}/{self.name}"}
        return {"method": self.method, "action": self.name}

    def message(self, cid: Hidden) -> Message:
        """Put the call together with the session id where its way wants it."""
        headers = {"User-Agent": USER_AGENT, "Accept": JSON_TYPE}
        if self.way is Way.REST:
            headers["Authorization"] = f"cid {cid.reveal()}"
            if self.content is None:
                return Message(self.method, f"{REST_TARGET}/{self.name}", headers)
            headers["Content-Type"] = JSON_TYPE
            return Message(self.method, f"{REST_TARGET}/{self.name}", headers, _json(self.content))
        fields = {"CID": cid.reveal(), "action": self.name, **self.content}
        if self.way is Way.QUERY:
            return Message(self.method, f"{RPC_TARGET}?{urlencode(fields, errors='replace')}", headers)
        if self.way is Way.JSON:
            headers["Content-Type"] = JSON_TYPE
            return Message(self.method, RPC_TARGET, headers, _json(fields))
        headers["Content-Type"] = FORM_TYPE
        return Message(self.method, RPC_TARGET, headers, _fields(fields).encode())


def rest(method: str, collection: str, key: str = "", *, content: Any = None, query: str = "") -> Call:
    """Return a call of `/v2.5/api/<collection>[/<key>]`; the key is escaped, an error does not name it."""
    path = f"{collection}/{quote(key, safe='', errors='replace')}" if key else collection
    return Call(
        Way.REST, method, path + query, f"controller:{method} {collection}", content=content, read=method == "GET"
    )


def query(action: str, fields: Mapping[str, str] | None = None) -> Call:
    """Return a GET of `/v2/api`, which only reads."""
    return Call(Way.QUERY, "GET", action, f"controller:{action}", content=fields or {}, read=True)


def form(action: str, fields: Mapping[str, str], *, read: bool = False, seconds: float = CALL_SECONDS) -> Call:
    """Return a form POST to `/v2/api`."""
    return Call(Way.FORM, "POST", action, f"controller:{action}", content=fields, read=read, seconds=seconds)


def json_call(action: str, fields: Mapping[str, Any], *, read: bool = False, seconds: float = CALL_SECONDS) -> Call:
    """Return a JSON POST to `/v2/api`."""
    return Call(Way.JSON, "POST", action, f"controller:{action}", content=fields, read=read, seconds=seconds)


def _fields(fields: Mapping[str, str]) -> str:
    return urlencode(fields, errors="replace")


def _json(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
