"""Where the controller is and who logs in: an https address, a user, a password, and where they come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from guardrail.core.errors import InvalidInput
from guardrail.gateways.controller.hidden import Hidden

_ADDRESS = "https://HOST or https://HOST:PORT, nothing else"


@dataclass(frozen=True, slots=True)
class Login:
    """One controller and one of its users.

    Attributes:
        ca_certificate: PEM text of the CA that signed the controller's certificate; empty to rely on the transport's.
    """

    host: str
    port: int
    username: str
    password: Hidden
    ca_certificate: str = ""


class LoginSource(Protocol):
    """Where a login is kept."""

    def login(self) -> Login:
        """Return the login, possibly one that was read before."""
        ...

    def fresh(self) -> Login:
        """Return the login as it is kept now; asked for when the controller rejects the last one."""
        ...


@dataclass(frozen=True, slots=True)
class FixedLogin:
    """A login that nobody rotates, such as one typed at a prompt."""

    only: Login

    def login(self) -> Login:
        return self.only

    def fresh(self) -> Login:
        return self.only


def make_login(where: str, address: str, username: str, password: Hidden, ca_certificate: str = "") -> Login:
    """Check the address and return the login.

    Args:
        where: Named in the error, such as an option's name.

    Raises:
        InvalidInput: The address is no plain https address, or the user name or the password is empty.
    """
    host, port = parse_address(where, address)
    if not username or not password.reveal():
        raise InvalidInput(where, "a user name and a password, neither of them empty")
    return Login(host, port, username, password, ca_certificate)


def parse_address(where: str, address: str) -> tuple[str, int]:
    """Return host and port of an https address.

    Raises:
        InvalidInput: It is of another scheme, or has a user, a path, a query or no host.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise InvalidInput(where, _ADDRESS) from None
    extra = parts.username is not None or parts.path not in ("", "/") or parts.query or parts.fragment
    if parts.scheme != "https" or not host or extra or not host.isascii() or not host.isprintable() or " " in host:
        raise InvalidInput(where, _ADDRESS)
    return host, 443 if port is None else port


def read_login(where: str, document: object) -> Login | InvalidInput:
    """Read a login from a document `{"url", "username", "password"}`, and optionally `"ca_certificate"` (PEM).

    An error is returned, not raised: a traceback through here would have the password among its variables.
    """
    members = ("url", "username", "password", "ca_certificate")
    if not isinstance(document, Mapping):
        return InvalidInput(where, "an object with url, username and password")
    url, username, password, ca_certificate = (document.get(member, "") for member in members)
    if not all(isinstance(value, str) for value in (url, username, password, ca_certificate)):
        return InvalidInput(where, "a text each for url, username, password and ca_certificate")
    try:
        return make_login(where, url, username, Hidden(password), ca_certificate)
    except InvalidInput as error:
        expected = error.expected
    return InvalidInput(where, expected)
