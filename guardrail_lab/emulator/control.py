"""The lab's own HTTP path, /_lab/: what functions called, and what is to go wrong. Everything else is ministack's."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from guardrail_lab.emulator.call_log import CallLog
from guardrail_lab.emulator.faults import Trouble

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Order = Callable[..., None]
Asgi = Callable[[Message, Receive, Send], Awaitable[None]]


class LabServer:
    """An ASGI application around ministack's.

    Args:
        orders: What can be asked of the lab by POST, by name; the body's members are the arguments.
    """

    def __init__(self, ministack: Asgi, calls: CallLog, trouble: Trouble, orders: Mapping[str, Order]) -> None:
        self._ministack, self._calls, self._trouble, self._orders = ministack, calls, trouble, orders

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer what is the lab's own, pass on everything else."""
        if scope["type"] != "http" or not scope["path"].startswith("/_lab/"):
            await self._ministack(scope, receive, send)
            return
        status, answer = self._answer(scope["method"], scope["path"], await _body(receive))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def _answer(self, method: str, path: str, body: bytes) -> tuple[int, object]:
        match method, path.removeprefix("/_lab/"):
            case "GET", "health":
                return 200, {"ready": True}
            case "GET", "calls":
                return 200, self._calls.entries()
            case "DELETE", "calls":
                self._calls.clear()
            case "POST", order if order in self._orders:
                self._orders[order](**json.loads(body))
            case "DELETE", "faults":
                self._trouble.clear()
            case "GET", "faults":
                pass
            case _:
                return 404, {"error": f"{method} {path} is not one of the lab's"}
        return 200, self._trouble.pending()


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body
