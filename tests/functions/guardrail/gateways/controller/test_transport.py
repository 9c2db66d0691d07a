"""HTTPS: verified, bounded in time and size, no redirects; reads are tried again, writes never."""

import socket
import ssl
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from guardrail.core.errors import GatewayError, InvalidInput
from guardrail.gateways.controller.hidden import Hidden
from guardrail.gateways.controller.https import MAX_BODY, open_pool
from guardrail.gateways.controller.login import FixedLogin, make_login
from guardrail.gateways.controller.outcome import CERTIFICATE, TIMEOUT, TOO_LARGE, Answer, Message
from guardrail.gateways.controller.transport import Transport
from guardrail_lab.controller.faults import Fault, Kind
from guardrail_lab.controller.seed import SPOKE
from guardrail_lab.controller.server import serving_in_a_thread
from guardrail_lab.controller.tls import loopback_tls
from guardrail_lab.controller.web import WebReply
from guardrail_lab.process import loopback_socket

GET = Message("GET", "/v2/api", {})


@contextmanager
def raw_server(tmp_path, talk):
    """A TLS server that says whatever it likes."""
    context = loopback_tls(tmp_path / "raw.pem")

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
                with context.wrap_socket(connection, server_side=True) as peer:
                    peer.recv(65536)
                    talk(peer)
            except OSError:
                if done.is_set():
                    return

    done = threading.Event()
    with loopback_socket(0) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            url = f"https://127.0.0.1:{listener.getsockname()[1]}"
            yield make_login("test", url, "u", Hidden("p")), Transport(ca_file=str(tmp_path / "raw.pem"))
        finally:
            done.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_a_read_without_an_answer_is_tried_five_times_with_growing_pauses(lab):
    client = lab.client()
    client.posture.version()
    lab.simulator.faults.add(Fault(Kind.DROP, at=None, only="app-domains"))

    with pytest.raises(GatewayError, match=r"^controller:GET app-domains failed: connection$") as failed:
        client.groups.list()

    assert failed.value.retryable
    assert lab.pauses == [0.5, 1, 2, 4]
    assert [call["path"] for call in lab.simulator.calls if "path" in call] == ["/v2.5/api/app-domains"] * 5


@pytest.mark.parametrize("kind", [Kind.DROP, Kind.LOSE, Kind.CUT])
def test_a_read_is_answered_by_the_next_try(lab, kind):
    client = lab.client()
    lab.simulator.faults.add(Fault(kind, only="app-domains"))

    assert client.groups.list()
    assert lab.pauses == [0.5]


@pytest.mark.parametrize("kind", [Kind.DROP, Kind.LOSE])
def test_a_write_without_an_answer_is_not_sent_again(lab, kind):
    client = lab.client()
    lab.simulator.faults.add(Fault(kind, at=None, only="snat"))

    with pytest.raises(GatewayError, match=r"^controller:disable_snat failed: connection$") as failed:
        client.insertion.disable_snat(SPOKE)

    assert failed.value.retryable
    assert [call.get("action") for call in lab.simulator.calls].count("disable_snat") == 1
    assert lab.pauses == []


def test_a_proxys_page_is_an_error_with_its_status_and_is_not_tried_again(lab):
    client = lab.client()
    lab.simulator.faults.add(Fault(Kind.STATUS, at=None, only="app-domains", status=502))

    with pytest.raises(GatewayError, match=r"^controller:GET app-domains failed: http-502$") as failed:
        client.groups.list()

    assert failed.value.retryable
    assert lab.pauses == []


def test_a_redirect_is_not_followed(lab, tmp_path):
    def talk(peer):
        peer.sendall(b"HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n")

    with raw_server(tmp_path, talk) as (login, transport):
        assert transport.exchange(login, GET, seconds=60) == Answer(302, b"")


def test_a_certificate_of_an_unknown_ca_is_not_trusted(lab):
    with pytest.raises(GatewayError, match=r"^controller:login failed: certificate-not-trusted$") as failed:
        lab.client(ca_file=None).posture.version()

    assert not failed.value.retryable
    assert lab.requests == []


def test_the_certificate_must_be_of_the_host(lab, tmp_path):
    authority, context = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("controller.example").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with loopback_socket(0) as listener:
        login = make_login("test", f"https://127.0.0.1:{listener.getsockname()[1]}", "u", Hidden("p"))
        with serving_in_a_thread(lab.handle, listener, context):
            outcome = Transport(ca_file=str(tmp_path / "ca.pem")).exchange(login, GET, seconds=60)

    assert outcome == CERTIFICATE
    assert lab.requests == []


def test_the_certificate_of_localhost_is_good_for_localhost(lab):
    url = lab.url.replace("127.0.0.1", "localhost")

    assert lab.client(FixedLogin(lab.login(url=url))).posture.version().major == 9


def test_a_ca_can_come_with_the_login(lab):
    login = make_login("test", lab.url, "admin", lab.login().password, Path(lab.ca_file).read_text())

    assert lab.client(FixedLogin(login), ca_file=None).posture.version().major == 9


def test_a_ca_that_comes_with_the_login_and_is_none_is_an_error(lab):
    login = make_login("test", lab.url, "admin", Hidden("pw"), "no PEM")

    with pytest.raises(GatewayError, match="ca-certificate-unusable"):
        lab.client(FixedLogin(login), ca_file=None).posture.version()


def test_verification_can_be_turned_off_for_a_lab_and_warns_nobody(lab, recwarn):
    assert lab.client(ca_file=None, insecure=True).posture.version().major == 9
    assert [str(warning.message) for warning in recwarn] == []


@pytest.mark.parametrize("content", [None, "no PEM"])
def test_a_ca_file_that_cannot_be_used_is_said_at_once(tmp_path, content):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)

    with pytest.raises(InvalidInput, match=r"^CA file: expected a readable file with PEM certificates$"):
        Transport(ca_file=str(path))


def test_tls_before_1_2_is_not_spoken_and_a_certificate_is_asked_for(lab):
    context = open_pool(lab.login(), lab.ca_file, insecure=False).conn_kw["ssl_context"]

    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_an_answer_that_is_too_large_is_given_up(lab):
    lab.answer = lambda _: WebReply(200, b" " * (MAX_BODY + 1))

    assert Transport(ca_file=lab.ca_file).exchange(lab.login(), GET, seconds=60) == TOO_LARGE


def test_an_answer_that_does_not_begin_is_given_up(tmp_path):
    with raw_server(tmp_path, lambda peer: peer.recv(1)) as (login, transport):
        assert transport.exchange(login, GET, seconds=0.05) == TIMEOUT


def test_an_answer_that_trickles_is_given_up(tmp_path, monkeypatch):
    def talk(peer):
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6000\r\n\r\n")
        for _ in range(6000):  # a minute, or until nobody listens
            peer.sendall(b" ")
            time.sleep(0.01)

    monkeypatch.setattr("guardrail.gateways.controller.https.CONNECT_SECONDS", 0.2)
    with raw_server(tmp_path, talk) as (login, transport):
        assert transport.exchange(login, GET, seconds=0.2) == TIMEOUT


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    ],
)
def test_what_is_not_http_is_a_failed_connection(tmp_path, said):
    with raw_server(tmp_path, lambda peer: peer.sendall(said)) as (login, transport):
        outcome = transport.exchange(login, GET, seconds=60)

    assert outcome.code == "connection"
    assert outcome.retryable


def test_nobody_there_is_a_failed_connection():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens, and nobody else can
        login = make_login("test", f"https://127.0.0.1:{taken.getsockname()[1]}", "u", Hidden("p"))

        assert Transport(insecure=True).exchange(login, GET, seconds=60).code == "connection"


def test_a_message_does_not_show_what_it_holds():
    message = Message("GET", "/v2/api?CID=canary", {"Authorization": "cid canary"}, b"canary")

    assert "canary" not in repr(message)
