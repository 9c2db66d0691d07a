"""The session: logs in with two steps or one, once however many threads ask, and again when the controller says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from guardrail.core.errors import GatewayError
from guardrail.gateways.controller.call import CALL_SECONDS, FORM_TYPE, RPC_TARGET, USER_AGENT, Way
from guardrail.gateways.controller.hidden import Hidden
from guardrail.gateways.controller.login import Login, LoginSource
from guardrail.gateways.controller.outcome import LOGIN_REJECTED, UNEXPECTED, Answer, Failure, Message
from guardrail.gateways.controller.reading import Results, read_answer
from guardrail.gateways.controller.transport import READ_TRIES, Transport

_NOBODY = Hidden("\n")
"""The session id of a call that needs none; no text of the controller's contains it."""
_OPERATION = "controller:login"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A session id and the login that it came from; calls go to that login's controller."""

    login: Login
    cid: Hidden


class Session:
    """Gives out tickets. Safe to use from many threads."""

    def __init__(self, transport: Transport, source: LoginSource) -> None:
        self._transport, self._source = transport, source
        self._lock = Lock()
        self._ticket: Ticket | None = None

    def ticket(self) -> Ticket:
        """Return the ticket of the session, which begins with the first call.

        Raises:
            GatewayError: The login failed, or the source of logins did.
        """
        with self._lock:
            if self._ticket is None:
                self._ticket = self._log_in()
            return self._ticket

    def renewed(self, used: Ticket) -> Ticket:
        """Return a ticket newer than the used one. Only the first of those who ask with the same one logs in.

        Raises:
            GatewayError: The login failed, or the source of logins did.
        """
        with self._lock:
            if self._ticket is used or self._ticket is None:
                self._ticket = None
                self._ticket = self._log_in()
            return self._ticket

    def _log_in(self) -> Ticket:
        """Log in; when that fails, read the login anew and try once more if it has changed (it was rotated)."""
        login = self._source.login()
        cid = self._attempt(login)
        if isinstance(cid, Failure):
            fresh = self._source.fresh()
            if fresh != login:
                login, cid = fresh, self._attempt(fresh)
        if isinstance(cid, Failure):
            raise GatewayError(_OPERATION, cid.code, retryable=cid.retryable)
        return Ticket(login, cid)

    def _attempt(self, login: Login) -> Hidden | Failure:
        token = self._token(login)
        if isinstance(token, Failure):
            return token
        fields = {"action": "login", "password": login.password.reveal(), "username": login.username}
        headers = _HEADERS | ({} if token is None else {"X-Access-Key": token.reveal()})
        answer = self._exchange(login, Message("POST", RPC_TARGET, headers, _form(fields)), tries=1)
        if isinstance(answer, Failure):
            return answer
        results = read_answer(Way.FORM, answer, _NOBODY)
        if isinstance(results, Failure):
            return results if results.retryable or results.code.startswith(("http-", "answer-")) else LOGIN_REJECTED
        return _hidden(results.envelope.get("CID")) or UNEXPECTED

    def _token(self, login: Login) -> Hidden | Failure | None:
        """Return the token for the second step, or None from a controller that logs in with one."""
        message = Message("GET", RPC_TARGET, _HEADERS, _form({"action": "get_api_token", "log_enable": "true"}))
        answer = self._exchange(login, message, tries=READ_TRIES)
        if isinstance(answer, Failure):
            return answer
        results = read_answer(Way.FORM, answer, _NOBODY)
        if isinstance(results, Results):
            return _hidden(_member(results.document, "api_token"))
        return results if results.code.startswith(("http-5", "http-3", "answer-")) else None

    def _exchange(self, login: Login, message: Message, *, tries: int) -> Answer | Failure:
        return self._transport.exchange(login, message, seconds=CALL_SECONDS, tries=tries)


_HEADERS = {"User-Agent": USER_AGENT, "Content-Type": FORM_TYPE}


def _form(fields: Mapping[str, str]) -> bytes:
    return urlencode(fields, errors="replace").encode()


def _member(document: Any, name: str) -> Any:
    return document.get(name) if isinstance(document, Mapping) else None


def _hidden(text: object) -> Hidden | None:
    """Return a session id or token that can stand in a header."""
    usable = isinstance(text, str) and 0 < len(text) <= 4096 and text.isascii() and text.isprintable()
    return Hidden(text) if usable and isinstance(text, str) and " " not in text else None
