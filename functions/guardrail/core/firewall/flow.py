"""A flow: what somebody sends through a gateway, as far as it is known."""

from dataclasses import dataclass
from enum import StrEnum

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.addresses import Address, address
from guardrail.core.firewall.names import host_name, normal_path, server_name
from guardrail.core.firewall.objects import Protocol


class App(StrEnum):
    """The application protocol, as the gateway sees it."""

    TLS = "tls"
    HTTP = "http"
    QUIC = "quic"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow. None means not known, for `sni` and `host` that there is none.

    Attributes:
        sni, host: In the form in which names are compared.
        path: Normalised.
        src_groups, dst_groups: Smart groups that source and destination are known to be in.
    """

    protocol: Protocol
    app: App
    port: int | None = None
    src: Address | None = None
    dst: Address | None = None
    sni: str | None = None
    host: str | None = None
    path: str | None = None
    crosses_gateway: bool = True
    src_groups: tuple[str, ...] = ()
    dst_groups: tuple[str, ...] = ()


_PROTOCOLS = {protocol.value: protocol for protocol in (Protocol.TCP, Protocol.UDP, Protocol.ICMP)}
_APPS = {app.value: app for app in App}
_LONGEST_NAME = 1_000
"""Characters. DNS allows 253; what is longer is not kept."""
KEYS = (
    "src_ip", "dst_ip", "protocol", "port", "app", "sni", "host", "path", "crosses_gateway", "src_groups", "dst_groups",
)  # fmt: skip
_KEYS = frozenset(KEYS)


def parse_flow(document: object) -> Flow:
    """Read a flow; every key but `protocol` may be missing or null.

    Without `app`, UDP to port 443 is QUIC, TCP with an SNI is TLS, with a Host is HTTP, and all else is something else.

    Raises:
        InvalidInput: A key is unknown or of the wrong form.
    """
    if not isinstance(document, dict) or not document.keys() <= _KEYS:
        raise InvalidInput("flow", "an object with no keys but " + ", ".join(KEYS))
    given = {key: value for key, value in document.items() if value is not None}
    protocol = _PROTOCOLS.get(_text("protocol", given["protocol"])) if "protocol" in given else None
    if protocol is None:
        raise InvalidInput("flow.protocol", ", ".join(_PROTOCOLS))
    port = _port(given["port"]) if "port" in given else None
    sni = _name("sni", given["sni"]) if "sni" in given else ""
    host = _name("host", given["host"]) if "host" in given else ""
    return Flow(
        protocol=protocol,
        app=_app(given["app"]) if "app" in given else _usual_app(protocol, port, sni, host),
        port=port,
        src=_address("src_ip", given["src_ip"]) if "src_ip" in given else None,
        dst=_address("dst_ip", given["dst_ip"]) if "dst_ip" in given else None,
        sni=server_name(sni) if sni else None,
        host=host_name(host) if host else None,
        path=normal_path(_text("path", given["path"])) if "path" in given else None,
        crosses_gateway=_flag(given["crosses_gateway"]) if "crosses_gateway" in given else True,
        src_groups=_names("src_groups", given["src_groups"]) if "src_groups" in given else (),
        dst_groups=_names("dst_groups", given["dst_groups"]) if "dst_groups" in given else (),
    )


def _text(key: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise InvalidInput(f"flow.{key}", "a string")


def _name(key: str, value: object) -> str:
    name = _text(key, value)
    if len(name) > _LONGEST_NAME:
        raise InvalidInput(f"flow.{key}", f"at most {_LONGEST_NAME} characters")
    return name


def _address(key: str, value: object) -> Address:
    try:
        return address(_name(key, value))
    except ValueError:
        raise InvalidInput(f"flow.{key}", "an IP address") from None


def _port(value: object) -> int:
    if type(value) is int and 0 <= value <= 65_535:
        return value
    raise InvalidInput("flow.port", "an integer from 0 to 65535")


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise InvalidInput("flow.crosses_gateway", "true or false")


def _names(key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return tuple(value)
    raise InvalidInput(f"flow.{key}", "a list of names of smart groups")


def _app(value: object) -> App:
    app = _APPS.get(value) if isinstance(value, str) else None
    if app is None:
        raise InvalidInput("flow.app", ", ".join(_APPS))
    return app


def _usual_app(protocol: Protocol, port: int | None, sni: str, host: str) -> App:
    if protocol is Protocol.TCP:
        return App.TLS if sni else App.HTTP if host else App.OTHER
    return App.QUIC if protocol is Protocol.UDP and port == 443 else App.OTHER
