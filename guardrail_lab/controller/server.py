"""The front of the simulated controller: HTTP or HTTPS on a loopback port."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from threading import Event, Thread

from aiohttp import web

from guardrail_lab.controller.web import WebReply, WebRequest

Handler = Callable[[WebRequest], WebReply]
"""What answers. It is called from one thread only, one request at a time."""
_MULTIPART = "multipart/form-data"


@asynccontextmanager
async def serving(handler: Handler, listener: socket.socket, tls: ssl.SSLContext | None) -> AsyncIterator[None]:
    """Serve while the block runs."""

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        return await _sent(request, handler(await _received(request)))

    runner = web.ServerRunner(web.Server(handle, access_log=None), handle_signals=False)
    await runner.setup()
    try:
        await web.SockSite(runner, listener, ssl_context=tls).start()
        yield
    finally:
        await runner.cleanup()


@contextmanager
def serving_in_a_thread(handler: Handler, listener: socket.socket, tls: ssl.SSLContext | None) -> Iterator[None]:
    """Serve from a thread of this process while the block runs."""
    ready, done = Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with serving(handler, listener, tls):
            ready.set()
            await done.wait()

    thread = Thread(target=loop.run_until_complete, args=[serve()], daemon=True)
    thread.start()
    try:
        ready.wait()
        yield
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.close()


async def _received(request: web.BaseRequest) -> WebRequest:
    form = None
    if request.content_type == _MULTIPART:
        parts = await request.post()
        form = {name: value for name, value in parts.items() if isinstance(value, str)}
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = b"" if form is not None else await request.content.read()
    return WebRequest(request.method, request.raw_path, headers, body, form)


async def _sent(request: web.BaseRequest, reply: WebReply) -> web.StreamResponse:
    if reply.delay:
        await asyncio.sleep(reply.delay)
    if reply.dropped:
        _hang_up(request)
        return web.Response(status=500)
    if reply.cut is None:
        return _response(reply)
    response = web.StreamResponse(status=reply.status, headers={"Content-Type": reply.content_type})
    response.content_length = len(reply.body)
    await response.prepare(request)
    await response.write(reply.body[: reply.cut])
    _hang_up(request)
    return response


def _hang_up(request: web.BaseRequest) -> None:
    if request.transport is not None:
        request.transport.close()


def _response(reply: WebReply) -> web.Response:
    return web.Response(status=reply.status, body=reply.body, content_type=reply.content_type)
