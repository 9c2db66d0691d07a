"""How a command reaches a controller: where it is, who logs in, and whose certificate counts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from guardrail.core.errors import InvalidInput
from guardrail_cli.parameters import CaOption, ControllerOption, InsecureOption, PasswordOption, UserOption

if TYPE_CHECKING:  # the client is loaded only by commands that call a controller
    from guardrail.gateways.controller.calls import Watcher
    from guardrail.gateways.controller.client import Controller
    from guardrail.gateways.controller.login import Login

PASSWORD_VARIABLE = "AVIATRIX_PASSWORD"  # noqa: S105  the name of a variable

_USUAL_PORT = 443


@dataclass(frozen=True, slots=True)
class Reach:
    """A controller, and a user of it."""

    controller: ControllerOption
    ca: CaOption = None
    insecure: InsecureOption = False
    user: UserOption = "admin"
    password_env: PasswordOption = PASSWORD_VARIABLE

    def place(self) -> str:
        """Return the controller's host, and its port if it is not the usual one: what records call it.

        Raises:
            InvalidInput: The address is none.
        """
        from guardrail.gateways.controller.login import parse_address

        host, port = parse_address("--controller", self.controller)
        return host if port == _USUAL_PORT else f"{host}:{port}"

    def url(self) -> str:
        """Return the address in the one form in which addresses are compared.

        Raises:
            InvalidInput: It is none.
        """
        return f"https://{self.place()}"

    def login(self) -> "Login":
        """Return the login.

        Raises:
            InvalidInput: The address is none, there is no password, or certificates are to be checked and not.
        """
        from guardrail.gateways.controller.login import make_login
        from guardrail_cli.password import password_of

        if self.insecure and self.ca is not None:
            raise InvalidInput("--insecure", "no --ca beside it")
        self.place()  # nobody is asked for a password in vain
        return make_login("--controller", self.controller, self.user, password_of(self.user, self.password_env))

    def client(self, watcher: "Watcher") -> "Controller":
        """Return a client that logs in with its first call.

        Raises:
            InvalidInput: As for `login`; or the CA file cannot be used.
        """
        from guardrail.gateways.controller.client import Controller
        from guardrail.gateways.controller.login import FixedLogin

        return Controller(FixedLogin(self.login()), ca_file=self.ca, insecure=self.insecure, watcher=watcher)
