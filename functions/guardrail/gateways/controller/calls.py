"""Makes calls within a session: one new login and one more try when it has expired, results or a GatewayError."""

from collections.abc import Callable
from typing import Any

from guardrail.core.errors import GatewayError
from guardrail.gateways.controller.call import Call
from guardrail.gateways.controller.outcome import Failure
from guardrail.gateways.controller.reading import Results, read_answer
from guardrail.gateways.controller.session import Session, Ticket
from guardrail.gateways.controller.transport import READ_TRIES, Transport

Watcher = Callable[[Call], None]
"""Told of every call before it is made, and again when it is repeated after a new login; not of logins."""


def nobody_watches(_: Call) -> None:
    """Tell nobody."""


class Calls:
    """What the families of calls are made with. Safe to use from many threads."""

    def __init__(self, transport: Transport, session: Session, watcher: Watcher = nobody_watches) -> None:
        self._transport, self._session, self._watcher = transport, session, watcher

    def results(self, call: Call) -> Any:
        """Make a call and return its `results`, or the document of a `/v2.5/api` call, None without a body.

        Raises:
            GatewayError: It failed. A write that failed for want of an answer may have been done all the same.
        """
        outcome = self.outcome(call)
        if isinstance(outcome, Failure):
            raise failed(call, outcome)
        return outcome.document

    def outcome(self, call: Call) -> Results | Failure:
        """Make a call whose failure the caller looks at.

        Raises:
            GatewayError: A login was needed and failed.
        """
        ticket = self._session.ticket()
        outcome = self._once(call, ticket)
        if isinstance(outcome, Failure) and outcome.expired:
            outcome = self._once(call, self._session.renewed(ticket))
        return outcome

    def _once(self, call: Call, ticket: Ticket) -> Results | Failure:
        self._watcher(call)
        tries = READ_TRIES if call.read else 1
        answer = self._transport.exchange(ticket.login, call.message(ticket.cid), seconds=call.seconds, tries=tries)
        return answer if isinstance(answer, Failure) else read_answer(call.way, answer, ticket.cid)


def failed(call: Call, failure: Failure) -> GatewayError:
    """Return the error for a call that failed."""
    return GatewayError(call.operation, failure.code, retryable=failure.retryable)
