"""One HTTPS request with urllib3: verified, bounded in time and size, no redirect, sent once."""

import logging
import ssl
import time

import urllib3
from urllib3.exceptions import HTTPError, InsecureRequestWarning, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as Urllib3TimeoutError

from guardrail.core.errors import InvalidInput
from guardrail.gateways.controller.hidden import hide_cid
from guardrail.gateways.controller.login import Login
from guardrail.gateways.controller.outcome import CERTIFICATE, CONNECTION, TIMEOUT, TOO_LARGE, Answer, Failure, Message

MAX_BODY = 10_000_000
"""Bytes. A list of ten thousand rules has about half of it."""
CONNECT_SECONDS = 10.0
_CHUNK = 1 << 16
_ONCE = urllib3.Retry(total=False, redirect=0)
"""urllib3 itself neither repeats a request nor follows a redirect."""

Pool = urllib3.HTTPSConnectionPool

logging.getLogger("urllib3.connectionpool").addFilter(hide_cid)


def checked_ca_file(ca_file: str | None) -> str | None:
    """Return the path of a CA file, if it can be used.

    Raises:
        InvalidInput: It cannot.
    """
    try:
        if ca_file is not None:
            ssl.create_default_context(cafile=ca_file)
    except (ssl.SSLError, ValueError, OSError):
        raise InvalidInput("CA file", "a readable file with PEM certificates") from None
    return ca_file


def open_pool(login: Login, ca_file: str | None, *, insecure: bool) -> Pool | None:
    """Return a pool of connections to a controller, None if the login's own CA cannot be used."""
    try:
        context = ssl.create_default_context(cafile=ca_file, cadata=login.ca_certificate or None)
    except (ssl.SSLError, ValueError, OSError):
        return None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if insecure:
        urllib3.disable_warnings(InsecureRequestWarning)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return Pool(login.host, login.port, maxsize=4, ssl_context=context)


def send(pool: Pool, message: Message, seconds: float) -> Answer | Failure:
    """Send a message once and return the answer; what the network does is a failure, not an exception."""
    deadline = time.monotonic() + CONNECT_SECONDS + seconds
    try:
        response = pool.urlopen(
            message.method,
            message.target,
            body=message.body,
            headers=message.headers,
            retries=_ONCE,
            redirect=False,
            timeout=urllib3.Timeout(connect=min(CONNECT_SECONDS, seconds), read=seconds),
            preload_content=False,
            decode_content=False,
        )
        return _received(response, deadline)
    except Urllib3TimeoutError as error:
        # urllib3 counts a refused connection among the time-outs
        return CONNECTION if isinstance(error, NewConnectionError) else TIMEOUT
    except SSLError as error:
        return CERTIFICATE if isinstance(error.args[0], ssl.SSLCertVerificationError) else CONNECTION
    except (HTTPError, OSError, ValueError):
        return CONNECTION


def _received(response: urllib3.BaseHTTPResponse, deadline: float) -> Answer | Failure:
    """Read the body piece by piece: a peer that sends one byte a minute must not hold us for ever."""
    body = bytearray()
    while piece := response.read1(_CHUNK):
        body += piece
        if len(body) > MAX_BODY or time.monotonic() > deadline:
            response.close()
            return TOO_LARGE if len(body) > MAX_BODY else TIMEOUT
    response.release_conn()
    return Answer(response.status, bytes(body))
