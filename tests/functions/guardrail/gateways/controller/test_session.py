"""Logging in: two steps or one, once however many ask, again when the session is over, with the newest password."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import parse_qs

import pytest

from guardrail.core.errors import GatewayError
from guardrail_lab.controller.faults import Fault, Kind
from guardrail_lab.controller.sessions import Account
from guardrail_lab.controller.web import WebReply, json_reply
from tests.controller_lab import PASSWORD, USER

WAYS = {
    "query": lambda client: client.posture.version(),
    "form": lambda client: client.insertion.set_custom_routes("agentcore-vca-agentcore-spoke", []),
    "json": lambda client: client.posture.feature("microseg"),
    "rest": lambda client: client.groups.list(),
}


class Rotating:
    """A source whose login is another one each time it is asked for anew."""

    def __init__(self, *logins):
        self.logins, self.asked = list(logins), 0

    def login(self):
        return self.logins[0]

    def fresh(self):
        self.asked += 1
        if len(self.logins) > 1:
            self.logins.pop(0)
        return self.logins[0]


def told(reason):
    return WebReply(200, json.dumps({"return": False, "reason": reason}).encode())


def test_a_login_has_two_steps_and_the_password_is_in_the_form_of_the_second_only(lab):
    lab.client().posture.version()

    first, second, call = lab.requests
    assert (first.method, first.target, first.body) == ("GET", "/v2/api", b"action=get_api_token&log_enable=true")
    assert (second.method, second.target) == ("POST", "/v2/api")
    assert parse_qs(second.body.decode()) == {"action": ["login"], "username": [USER], "password": [PASSWORD]}
    assert len(second.headers["x-access-key"]) == 32
    assert "canary" not in f"{first.target}{second.target}{second.headers}{call}"


def test_a_controller_that_knows_one_step_is_logged_in_with_one(lab):
    lab.simulator.sessions.two_steps = False

    assert lab.client().posture.version().major == 9
    assert "x-access-key" not in lab.requests[1].headers


@pytest.mark.parametrize("kind", [Kind.STATUS, Kind.GARBLE])
def test_a_first_step_that_is_broken_is_no_reason_to_skip_it(lab, kind):
    lab.simulator.faults.add(Fault(kind))

    with pytest.raises(GatewayError, match=r"^controller:login failed: (http-503|answer-not-json)$"):
        lab.client().posture.version()
    assert lab.simulator.sessions.logins == 0


@pytest.mark.parametrize("way", WAYS)
def test_a_session_that_is_over_is_renewed_once_whatever_the_way_of_calling(lab, way):
    client = lab.client()
    WAYS[way](client)
    lab.simulator.sessions.end_all()

    WAYS[way](client)

    assert lab.simulator.sessions.logins == 2
    assert [call.way for call in lab.calls] == [way] * 3


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "text",
    ["CID is invalid or expired.", "Invalid session. Please login again.", "Session {cid} expired", "Invalid CID"],
)
def test_every_text_is_understood_in_every_way_of_calling(lab, way, text):
    client = lab.client()
    client.posture.version()
    over = []

    def answer(request):
        cid = request.headers.get("authorization", "").removeprefix("cid ") or request.fields().get("CID", "")
        if cid and not over:
            over.append(cid)
            reason = text.format(cid=cid)
            return told(reason) if way != "rest" else WebReply(403, json.dumps({"Message": reason}).encode())
        return lab.simulator.handle(request)

    lab.answer = answer
    WAYS[way](client)

    assert lab.simulator.sessions.logins == 2


def test_another_403_is_no_session_that_is_over(lab):
    client = lab.client()
    client.posture.version()
    lab.answer = lambda _: json_reply(403, {"message": "permission denied"})

    with pytest.raises(GatewayError, match="http-403") as failed:
        client.groups.list()

    assert not failed.value.retryable
    assert len(lab.requests) == 4


def test_a_session_that_is_over_again_at_once_is_an_error_and_not_a_loop(lab):
    client = lab.client()
    client.posture.version()
    lab.simulator.faults.add(Fault(Kind.EXPIRE, at=None, only="app-domains"))

    with pytest.raises(GatewayError, match="session-expired") as failed:
        client.groups.list()

    assert failed.value.retryable
    assert len(lab.calls) == 3


def test_threads_whose_session_is_over_log_in_once(lab):
    client, threads = lab.client(), 4
    client.posture.version()
    barrier = Barrier(threads)
    lab.simulator.sessions.end_all()
    lab.simulator.faults.add(Fault(Kind.LATENCY, only="list_version_info", times=threads, seconds=0.1))

    def ask(_):
        barrier.wait()
        return client.posture.version()

    with ThreadPoolExecutor(threads) as pool:
        versions = list(pool.map(ask, range(threads)))

    assert len(versions) == threads
    assert lab.simulator.sessions.logins == 2


def test_threads_that_begin_together_log_in_once(lab):
    client = lab.client()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: client.posture.version(), range(4)))

    assert lab.simulator.sessions.logins == 1


def test_a_rotated_password_is_read_when_the_old_one_is_rejected(lab):
    source = Rotating(lab.login(), lab.login("new-password"))
    client = lab.client(source)
    client.posture.version()
    lab.simulator.sessions.account = Account(USER, "new-password")
    lab.simulator.sessions.end_all()

    assert client.posture.version().major == 9
    assert source.asked == 1


def test_a_controller_that_moved_is_found_where_the_secret_says(lab):
    client = lab.client(Rotating(lab.login(url="https://127.0.0.1:1"), lab.login()))

    assert client.posture.version().major == 9


def test_a_login_that_is_rejected_and_has_not_changed_is_not_tried_again(lab):
    source = Rotating(lab.login("wrong"))

    with pytest.raises(GatewayError, match=r"^controller:login failed: login-rejected$") as failed:
        lab.client(source).posture.version()

    assert not failed.value.retryable
    assert (source.asked, lab.simulator.sessions.logins) == (1, 1)


@pytest.mark.parametrize("cid", [None, 5, "", "a b", "a\r\nX: y", "é", "x" * 5000])
def test_a_session_id_that_cannot_be_one_is_refused(lab, cid):
    def answer(request):
        if b"action=login" in request.body:
            return WebReply(200, json.dumps({"return": True, "results": "", "CID": cid}).encode())
        return lab.simulator.handle(request)

    lab.answer = answer

    with pytest.raises(GatewayError, match=r"^controller:login failed: answer-unexpected$"):
        lab.client().posture.version()
