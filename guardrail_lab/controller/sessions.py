"""Users, tokens and sessions, and what each URL family says about a session that is over."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from guardrail_lab.controller.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Account:
    """Who may log in. Without a password anybody may, with any password but an empty one."""

    username: str | None = None
    password: str | None = None

    def admits(self, username: str, password: str) -> bool:
        """Say whether somebody may log in."""
        return bool(username and password) and self.username in (None, username) and self.password in (None, password)


class Sessions:
    """Sessions by CID.

    Args:
        clock: Seconds.
        lifetime: Seconds that a session lives.
    """

    def __init__(self, account: Account, clock: Callable[[], float], lifetime: Callable[[], float]) -> None:
        self.account = account
        self.two_steps = True
        self.logins = 0
        self._clock, self._lifetime = clock, lifetime
        self._tokens: set[str] = set()
        self._ends: dict[str, float] = {}

    def new_token(self) -> str:
        """Return a token for the second step of a login.

        Raises:
            Refusal: This controller does not know the first step.
        """
        if not self.two_steps:
            raise Refusal(400, "Valid action required")
        token = secrets.token_hex(16)
        self._tokens.add(token)
        return token

    def log_in(self, username: str, password: str, token: str | None) -> str:
        """Begin a session and return its CID.

        Raises:
            Refusal: Wrong user, password or token.
        """
        self.logins += 1
        if token is not None and token not in self._tokens:
            raise Refusal(400, "Invalid API token")
        self._tokens.discard(token or "")
        if not self.account.admits(username, password):
            raise Refusal(400, "Invalid username or password")
        return self.begin()

    def begin(self) -> str:
        """Begin a session without a login, and return its CID."""
        cid = secrets.token_hex(20)
        self._ends[cid] = self._clock() + self._lifetime()
        return cid

    def alive(self, cid: str) -> bool:
        """Say whether a session goes on."""
        return self._ends.get(cid, float("-inf")) > self._clock()

    def known(self, cid: str) -> bool:
        """Say whether there was such a session."""
        return cid in self._ends

    def end_all(self) -> None:
        """End every session."""
        self._ends = dict.fromkeys(self._ends, float("-inf"))

    def check_form(self, cid: str) -> None:
        """Refuse a form or query of a session that is over."""
        if not self.alive(cid):
            known = "Invalid session. Please login again."
            raise Refusal(200, known if self.known(cid) else "CID is invalid or expired.")

    def check_json(self, cid: str) -> None:
        """Refuse a JSON document of a session that is over."""
        if not self.alive(cid):
            raise Refusal(200, f"Session {cid} expired")

    def check_header(self, header: str) -> None:
        """Refuse a `/v2.5/api` request of a session that is over."""
        scheme, _, cid = header.partition(" ")
        if scheme != "cid" or not self.alive(cid):
            raise Refusal(403, "Invalid CID")
