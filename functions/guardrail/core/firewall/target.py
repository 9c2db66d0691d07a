"""Where a flow goes, written as a URL: `https://host/path`, `udp://8.8.8.8:53`."""

from typing import Any
from urllib.parse import SplitResult, urlsplit

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.flow import App
from guardrail.core.firewall.names import is_address
from guardrail.core.firewall.objects import Protocol

_SCHEMES: dict[str, tuple[Protocol, App | None, int | None]] = {
    "https": (Protocol.TCP, App.TLS, 443),
    "http": (Protocol.TCP, App.HTTP, 80),
    "tls": (Protocol.TCP, App.TLS, 443),
    "quic": (Protocol.UDP, App.QUIC, 443),
    "tcp": (Protocol.TCP, None, None),
    "udp": (Protocol.UDP, None, None),
    "icmp": (Protocol.ICMP, None, None),
}
_EXPECTED = "a URL such as https://host/path, tcp://192.0.2.1:22 or udp://8.8.8.8:53; schemes: " + ", ".join(_SCHEMES)


def parse_target(where: str, text: str) -> dict[str, Any]:
    """Return what a flow to a URL looks like, without its source, as `parse_flow` reads it.

    An address is the destination's. A name is what the client says: its SNI for TLS, its Host for clear HTTP; on the
    wire nobody sees it for anything else.

    Raises:
        InvalidInput: The text is no such URL.
    """
    try:
        url = urlsplit(text)
        host, port = url.hostname, url.port
    except ValueError:
        raise InvalidInput(where, _EXPECTED) from None
    if url.scheme not in _SCHEMES or not host or url.username is not None:
        raise InvalidInput(where, _EXPECTED)
    protocol, app, usual_port = _SCHEMES[url.scheme]
    flow: dict[str, Any] = {"protocol": protocol.value}
    if protocol is not Protocol.ICMP:
        flow["port"] = usual_port if port is None else port
        if flow["port"] is None:
            raise InvalidInput(where, "a port, as in tcp://192.0.2.1:22")
    if app is not None:
        flow["app"] = app.value
    return flow | _named(host, app) | _path(url)


def _named(host: str, app: App | None) -> dict[str, Any]:
    if is_address(host):
        return {"dst_ip": host} | ({"host": host} if app is App.HTTP else {})
    if app is App.HTTP:
        return {"host": host}
    return {"sni": host} if app is not None else {}


def _path(url: SplitResult) -> dict[str, Any]:
    if url.scheme not in ("https", "http"):
        return {}
    return {"path": (url.path or "/") + (f"?{url.query}" if url.query else "")}
