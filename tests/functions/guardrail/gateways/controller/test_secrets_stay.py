"""A password, a session id and a token are looked for in everything that a test run prints when all goes wrong."""

import logging
import subprocess
import sys
from pathlib import Path
from traceback import TracebackException
from urllib.parse import quote_plus

import pytest

from guardrail.core.errors import GatewayError
from guardrail_lab.controller.faults import Fault, Kind
from tests.controller_lab import PASSWORD
from tests.functions.guardrail.gateways.controller.operations import OPERATIONS

ROOT = Path(__file__).parents[5]
RUN = '''
"""Every test here fails, so that pytest shows every variable of every frame, every log record and every print."""

import logging

import pytest

from guardrail_lab.controller.faults import Fault, Kind
from guardrail_lab.controller.web import WebReply
from guardrail.gateways.controller.login import FixedLogin, read_login
from guardrail.gateways.controller.secret import SecretLogin
from tests.controller_lab import PASSWORD, USER, controller_lab
from tests.functions.guardrail.gateways.controller.operations import OPERATIONS

logging.getLogger().setLevel(logging.DEBUG)


class Lab:
    """Hides the simulator, which may know secrets, from the variables that pytest shows."""

    def __init__(self, lab):
        self.lab = lab

    def __repr__(self):
        return "lab"


@pytest.fixture(scope="module")
def holder(tmp_path_factory):
    with controller_lab(tmp_path_factory.mktemp("c")) as lab:
        yield Lab(lab)


@pytest.mark.parametrize("name", ["gateways", "groups"])
@pytest.mark.parametrize(("kind", "at"), [("drop", 0), ("status", 1), ("garble", 1), ("expire", 2), ("drop", 2)])
def test_faults(holder, name, kind, at, request):
    holder.lab.renew()
    subject, client = OPERATIONS[name].before(holder.lab.client()), holder.lab.client()
    holder.lab.simulator.faults.add(Fault(Kind(kind), at=at, times=99))
    try:
        OPERATIONS[name].act(client, subject)
    finally:
        request.node.user_properties.append(("client", repr(vars(client))))
        remember(holder)


def remember(holder):
    tokens = [sent.headers.get("x-access-key", "") for sent in holder.lab.requests]
    with open(SEEN, "a") as seen:
        seen.writelines(f"{secret}\\n" for secret in [*holder.lab.simulator.sessions._ends, *tokens])


def test_the_password_is_wrong(holder):
    holder.lab.renew()
    login = read_login("secret", {"url": holder.lab.url, "username": USER, "password": PASSWORD + "x"})
    holder.lab.client(FixedLogin(login)).posture.version()


def test_the_controller_repeats_what_it_was_sent(holder):
    holder.lab.renew()
    client = holder.lab.client()
    client.posture.version()
    def echo(request):
        said = (request.target + str(request.headers)).replace(chr(34), "").encode() + request.body
        return WebReply(400, b'{"message": "' + said.replace(b'"', b"") + b'"}')
    holder.lab.answer = echo
    client.groups.list()


@pytest.mark.parametrize("address", ["http://x.example", "nowhere"])
def test_the_secret_is_not_as_expected(address):
    class Client:
        def get_secret_value(self, SecretId):
            from json import dumps
            return {"SecretString": dumps({"url": address, "username": USER, "password": PASSWORD})}
    SecretLogin(lambda _: Client(), "id").login()
'''


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("kind", [Kind.STATUS, Kind.CUT, Kind.EXPIRE])
def test_no_secret_is_in_an_error_or_in_a_variable_on_its_way(lab, arranger, caplog, name, kind):
    caplog.set_level(logging.DEBUG)
    for at in range(3):
        lab.renew()
        subject, client = OPERATIONS[name].before(arranger), lab.client()
        lab.simulator.faults.add(Fault(kind, at=at, times=99))
        try:
            OPERATIONS[name].act(client, subject)
        except GatewayError as error:
            shown = with_variables(error) + caplog.text + repr(vars(client))
            assert "    self = " in shown
            assert [secret for secret in secrets_of(lab) if secret in shown] == []


def with_variables(error):
    """The traceback with the variables of every frame but this test's, which knows the simulator."""
    assert error.__context__ is None
    assert error.__cause__ is None
    trace = error.__traceback__.tb_next.tb_next
    return "".join(TracebackException(type(error), error, trace, capture_locals=True).format())


def secrets_of(lab):
    tokens = [request.headers["x-access-key"] for request in lab.requests if "x-access-key" in request.headers]
    return [PASSWORD, quote_plus(PASSWORD), *lab.simulator.sessions._ends, *tokens]


def test_no_secret_is_in_anything_that_a_test_run_prints(tmp_path):
    seen, module = tmp_path / "seen", tmp_path / "test_all_goes_wrong.py"
    module.write_text(RUN.replace("SEEN", repr(str(seen))))
    options = ["-vv", "-s", "-l", "--tb=long", "--full-trace", "--log-level=DEBUG", "-rA", "-p", "no:cacheprovider"]

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), *options, str(module)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    printed = done.stdout + done.stderr
    secrets = set(seen.read_text().split())
    assert " failed" in printed.splitlines()[-1]
    assert "test_the_secret_is_not_as_expected" in printed
    assert "CID=<hidden>" in printed
    assert len(secrets) > 12
    assert [secret for secret in secrets if secret in printed] == []
    for spelling in (PASSWORD, quote_plus(PASSWORD)):
        assert spelling not in printed.replace(RUN, "")
