"""A login that goes to one controller only, whatever else a secret may come to say."""

from dataclasses import replace

from guardrail.core.errors import InvalidInput
from guardrail.gateways.controller.login import Login, LoginSource, parse_address


class PinnedLogin:
    """Another source's login, refused when it is for another controller: a password goes to its own only.

    Args:
        address: https address of the controller that the stack was deployed for.
        ca_certificate: PEM text of the only CA to trust; "" to leave that to the source.

    Raises:
        InvalidInput: The address is none.
    """

    def __init__(self, source: LoginSource, address: str, ca_certificate: str) -> None:
        self._source, self._ca_certificate = source, ca_certificate
        self._place = parse_address("environment variable CONTROLLER", address)

    def login(self) -> Login:
        return self._pinned(self._source.login())

    def fresh(self) -> Login:
        return self._pinned(self._source.fresh())

    def _pinned(self, login: Login) -> Login:
        if (login.host, login.port) != self._place:
            raise InvalidInput("controller secret", "the url of the controller that the stack names")
        return replace(login, ca_certificate=self._ca_certificate) if self._ca_certificate else login
