"""The login of a controller in one Secrets Manager secret; the only module here that needs an AWS SDK."""

import json
from collections.abc import Callable
from threading import Lock

from guardrail.core.errors import InvalidInput
from guardrail.gateways.aws import Client, failures_of
from guardrail.gateways.controller.login import Login, read_login


class SecretLogin:
    """Reads the secret on first use, and again when a login is rejected: that is how a rotation arrives.

    Args:
        clients: Gives the botocore client of a service.
        secret_id: Name or ARN of a secret `{"url", "username", "password"}`, and optionally `"ca_certificate"` (PEM).
    """

    def __init__(self, clients: Callable[[str], Client], secret_id: str) -> None:
        self._client = clients("secretsmanager")
        self._secret_id = secret_id
        self._lock = Lock()
        self._login: Login | None = None

    def login(self) -> Login:
        """Return the login that was read last.

        Raises:
            GatewayError: The secret cannot be read.
            InvalidInput: It holds something else.
        """
        with self._lock:
            if self._login is None:
                self._login = self._read()
            return self._login

    def fresh(self) -> Login:
        """Read the secret now."""
        with self._lock:
            self._login = self._read()
            return self._login

    def _read(self) -> Login:
        login = self._kept()
        if isinstance(login, InvalidInput):
            raise login
        return login

    def _kept(self) -> Login | InvalidInput:
        with failures_of("secretsmanager:GetSecretValue"):
            answer = self._client.get_secret_value(SecretId=self._secret_id)
        return read_login("controller secret", _document(answer.get("SecretString")))


def _document(text: object) -> object:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
