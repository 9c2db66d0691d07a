"""What an answer says: results, or a word for why not; never the controller's own text."""

import json

import pytest

from guardrail.gateways.controller.call import Way
from guardrail.gateways.controller.hidden import Hidden
from guardrail.gateways.controller.outcome import NOT_JSON, SESSION_EXPIRED, UNEXPECTED, Answer, Failure
from guardrail.gateways.controller.reading import Results, read_answer

CID = Hidden("cid-1")


def rpc(document, status=200):
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read_answer(Way.FORM, Answer(status, body), CID)


def rest(status, document=b""):
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read_answer(Way.REST, Answer(status, body), CID)


def test_results_are_what_an_rpc_call_returned():
    assert rpc({"return": True, "results": [1], "reason": ""}).document == [1]


def test_results_can_be_missing():
    assert rpc({"return": True}).document is None


@pytest.mark.parametrize(("status", "body"), [(200, {"a": 1}), (201, {"a": 1})])
def test_the_document_is_what_a_rest_call_returned(status, body):
    assert rest(status, body).document == body


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_rest_call_may_return_no_body(status):
    assert rest(status).document is None


@pytest.mark.parametrize(
    ("reason", "code", "retryable"),
    [
        ("[AVXERR-DFW-0043] attached: canary", "AVXERR-DFW-0043", False),
        ("[AVXERR-SMARTGROUP-0003] Smart Group canary present", "AVXERR-SMARTGROUP-0003", True),
        ("Gateway canary does not exist", "not-found", False),
        ("App domain not found", "not-found", False),
        ("Can not find canary", "not-found", False),
        ("canary already exists", "already-exists", False),
        ("Valid action required", "unknown-action", False),
        ("canary has not joined to any transit", "not-attached", False),
        ("cannot edit routes when it is down", "gateway-down", True),
        ("hagw is down", "gateway-down", True),
        ("REQUEST_IN_PROGRESS", "in-progress", False),
        ("canary", "refused", False),
        ("", "refused-without-reason", False),
        (None, "refused-without-reason", False),
        ({"canary": 1}, "refused-without-reason", False),
    ],
)
def test_a_reason_becomes_a_word(reason, code, retryable):
    assert rpc({"return": False, "reason": reason}) == Failure(code, retryable)


def test_a_refusal_may_have_no_reason_at_all():
    assert rpc({"return": False}).code == "refused-without-reason"


@pytest.mark.parametrize("key", ["message", "Message"])
def test_a_rest_call_tells_its_reason_in_message(key):
    assert rest(404, {key: "App domain not found"}) == Failure("not-found", retryable=False)


@pytest.mark.parametrize(
    ("status", "document", "code", "retryable"),
    [
        (400, {"message": "canary"}, "http-400", False),
        (403, {"message": "permission denied"}, "http-403", False),
        (500, {"message": "canary"}, "http-500", True),
        (500, {"message": "[AVXERR-DFW-0003] x"}, "AVXERR-DFW-0003", True),
        (429, {}, "http-429", True),
        (503, b"<html>busy</html>", "http-503", True),
        (502, b"", "http-502", True),
        (302, b"", "http-302", False),
        (404, b"[]", "http-404", False),
        (404, {"message": "Not Found"}, "unknown-path", False),
        (404, {"message": 5}, "http-404", False),
    ],
)
def test_an_http_error_is_told_by_its_status_when_it_says_nothing_known(status, document, code, retryable):
    assert rest(status, document) == Failure(code, retryable)


@pytest.mark.parametrize(
    ("status", "body", "code"), [(503, b"<html>", "http-503"), (404, b"<html>", "http-404"), (500, b"{}", "http-500"),
                                 (500, b'{"return": true}', "http-500"), (302, b"", "http-302")],
)  # fmt: skip
def test_so_is_an_rpc_call_that_failed_before_it_was_one(status, body, code):
    assert rpc(body, status).code == code


@pytest.mark.parametrize(
    "text",
    ["CID is invalid or expired", "Invalid session. Please login again.", "Session cid-1 expired", "Invalid CID"],
)
def test_a_session_that_is_over_is_told_in_four_ways(text):
    assert rpc({"return": False, "reason": text}) == SESSION_EXPIRED
    assert rest(403, {"message": text}) == SESSION_EXPIRED


def test_the_session_of_somebody_else_is_none_of_ours():
    assert rpc({"return": False, "reason": "Session cid-2 expired"}).code == "refused"


def test_words_of_an_expired_session_in_results_mean_nothing():
    assert isinstance(rpc({"return": True, "results": "CID is invalid", "reason": "CID is invalid"}), Results)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b'{"return": true', b"\xff\xfe", b"NaN", b'{"return": true, "results": NaN}', b"[" * 100_000,
     b'{"return": true, "results": "\\ud800"}', b"1" * 5000, b'{"return": true}x'],
)  # fmt: skip
def test_what_is_not_json_is_told_so(body):
    assert rpc(body) == NOT_JSON
    assert body == b"" or rest(200, body) == NOT_JSON


@pytest.mark.parametrize("document", [None, [], "x", 5, {}, {"return": "true"}, {"return": 1}, {"results": []}])
def test_an_rpc_answer_without_its_envelope_is_unexpected(document):
    assert rpc(document) == UNEXPECTED


def test_results_do_not_show_themselves():
    assert "canary" not in repr(rpc({"return": True, "results": "canary", "CID": "canary"}))
