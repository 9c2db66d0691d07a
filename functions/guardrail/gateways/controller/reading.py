"""What an answer says: the results of a call, or why it failed, in the envelope of each way of calling."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from guardrail.gateways.controller.call import Way
from guardrail.gateways.controller.hidden import Hidden
from guardrail.gateways.controller.outcome import NOT_JSON, SESSION_EXPIRED, UNEXPECTED, Answer, Failure

_CODE = re.compile(r"AVXERR-[A-Z0-9]{1,20}-[0-9]{4}")
_EXPIRED = ("CID is invalid", "Invalid session. Please login again", "Invalid CID")
_WORDS = (
    ("Valid action required", "unknown-action"),
    ("does not exist", "not-found"),
    ("not found", "not-found"),
    ("can not find", "not-found"),
    ("already exists", "already-exists"),
    ("has not joined to any transit", "not-attached"),
    ("REQUEST_IN_PROGRESS", "in-progress"),
    ("gateway is down", "gateway-down"),
    ("hagw is down", "gateway-down"),
    ("when it is down", "gateway-down"),
)
_NO_PATH = ("not found", "404 not found", "404 page not found")
_LATER = frozenset({"gateway-down", "AVXERR-SMARTGROUP-0003"})
"""A group counts as used for some seconds after the last rule that used it; a new gateway is down for a while."""
NO_REASON = "refused-without-reason"


@dataclass(frozen=True, slots=True)
class Results:
    """What a call that was done returned; `document` is None where the answer had no body."""

    document: Any = field(repr=False)
    envelope: Mapping[str, Any] = field(repr=False)


def read_answer(way: Way, answer: Answer, cid: Hidden) -> Results | Failure:
    """Read the answer to a call that was made with this session id."""
    document = _parsed(answer.body)
    if way is Way.REST:
        return _rest(answer, document, cid)
    if not isinstance(document, Mapping) or not isinstance(document.get("return"), bool):
        return UNEXPECTED if answer.status == 200 and document is not _BROKEN else _http(answer)
    if not document["return"]:
        return _failure(_text(document.get("reason")), answer.status, cid)
    if answer.status != 200:
        return _http(answer)
    return Results(document.get("results"), document)


def _rest(answer: Answer, document: Any, cid: Hidden) -> Results | Failure:
    if 200 <= answer.status < 300:
        if answer.body and document is _BROKEN:
            return NOT_JSON
        return Results(document if answer.body else None, {})
    message = document.get("message", document.get("Message")) if isinstance(document, Mapping) else None
    failure = _failure(_text(message), answer.status, cid)
    return _http(answer) if failure.code in ("refused", NO_REASON) else failure


def _failure(reason: str, status: int, cid: Hidden) -> Failure:
    if any(text in reason for text in _EXPIRED) or f"Session {cid.reveal()} expired" in reason:
        return SESSION_EXPIRED
    if not reason:
        return Failure(NO_REASON, retryable=_passes(status))
    code = _CODE.search(reason)
    word = code[0] if code else _word(reason)
    return Failure(word, retryable=word in _LATER or _passes(status))


def _word(reason: str) -> str:
    """Return our word for a reason. A server that lacks a whole path must not pass for one that lacks an object."""
    lower = reason.lower()
    if lower.strip(" .") in _NO_PATH:
        return "unknown-path"
    return next((word for text, word in _WORDS if text.lower() in lower), "refused")


def _http(answer: Answer) -> Failure:
    if answer.status == 200:
        return NOT_JSON
    return Failure(f"http-{answer.status}", retryable=_passes(answer.status))


def _passes(status: int) -> bool:
    return status == 429 or status >= 500


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


_BROKEN = object()


def _parsed(body: bytes) -> Any:
    try:
        document = json.loads(body, parse_constant=_no_constant)
        if b"\\ud" in body.lower():
            json.dumps(document, ensure_ascii=False).encode()  # a lone surrogate could not be sent back
    except (ValueError, RecursionError):
        return _BROKEN
    return document


def _no_constant(_: str) -> NoReturn:
    raise ValueError
