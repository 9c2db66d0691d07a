"""Something goes wrong at every call of every operation: a clear error or none, and the session is not lost."""

import pytest

from guardrail.core.errors import GatewayError
from guardrail_lab.controller.faults import Fault, Kind
from tests.functions.guardrail.gateways.controller.operations import OPERATIONS, READS, WRITES

CODES = {"connection", "http-503", "answer-not-json", "answer-unexpected"}
HARMLESS = (Kind.EXPIRE, Kind.REBOOT, Kind.WRITER)
LOST = (Kind.DROP, Kind.LOSE)
KINDS = [kind for kind in Kind if kind is not Kind.LATENCY]
LOGIN = 2  # calls
SOMEBODY_ELSE = {"method": "POST", "path": "app-domains", "document": {"name": "theirs", "selector": {"any": None}}}


def calls_of(lab, arranger, operation):
    lab.renew()
    subject = operation.before(arranger)
    lab.simulator.calls.clear()
    operation.act(lab.client(), subject)
    return len(lab.simulator.calls)


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_any_call_of_an_operation_leaves_a_clear_error_or_none(lab, arranger, name, kind):
    operation = OPERATIONS[name]
    for at in range(calls_of(lab, arranger, operation)):
        lab.renew()
        subject, client = operation.before(arranger), lab.client()
        logins = lab.simulator.sessions.logins
        lab.simulator.faults.add(Fault(kind, at=at, request=SOMEBODY_ELSE))
        error = error_of(operation, client, subject)
        lab.simulator.faults.clear()

        if error is None:
            assert kind not in LOST or at == 0 or name in READS
        else:
            assert kind not in HARMLESS
            assert kind not in LOST or at == 1 or name in WRITES
            assert error.code in CODES
            assert error.retryable is (not error.code.startswith("answer-"))
            assert (error.operation == "controller:login") is (at < LOGIN)
            assert str(error) == f"{error.operation} failed: {error.code}"
        assert client.posture.version().major == 9
        renewed = kind in (Kind.EXPIRE, Kind.REBOOT) and at >= LOGIN
        refused = error is not None and at == 1 and kind is not Kind.DROP and kind is not Kind.STATUS
        assert lab.simulator.sessions.logins - logins == 1 + (renewed or refused)


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("kind", LOST)
def test_a_write_is_sent_once(lab, arranger, name, kind):
    subject, client = WRITES[name].before(arranger), lab.client()
    lab.simulator.calls.clear()
    lab.simulator.faults.add(Fault(kind, at=LOGIN))

    assert error_of(WRITES[name], client, subject).code == "connection"
    assert len(lab.simulator.calls) == LOGIN + 1


def error_of(operation, client, subject):
    try:
        operation.act(client, subject)
    except GatewayError as error:
        return error
    return None
