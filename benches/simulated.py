"""The simulated controller as a process of its own, and the two ways to call it: our client, and urllib3 alone."""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import urllib3

from benches.process import ROOT
from guardrail.gateways.controller.call import Call
from guardrail.gateways.controller.calls import Watcher, nobody_watches
from guardrail.gateways.controller.client import Controller
from guardrail.gateways.controller.hidden import Hidden
from guardrail.gateways.controller.login import FixedLogin, make_login
from guardrail.gateways.controller.outcome import Message

PASSWORD = "bench"
_REFUSED = 300


@dataclass(frozen=True, slots=True)
class Simulated:
    """Where one listens. It accepts every password."""

    url: str
    ca_file: str

    def client(self, watcher: Watcher = nobody_watches) -> Controller:
        """Our client, which logs in with its first call."""
        login = make_login("bench", self.url, "bench", Hidden(PASSWORD))
        return Controller(FixedLogin(login), ca_file=self.ca_file, watcher=watcher)

    def bare(self) -> "Bare":
        """A connection by urllib3 alone, logged in."""
        host, port = self.url.removeprefix("https://").split(":")
        pool = urllib3.HTTPSConnectionPool(host, int(port), ca_certs=self.ca_file)
        fields = {"action": "login", "username": "bench", "password": PASSWORD}
        return Bare(pool, pool.request("POST", "/v2/api", fields=fields).json()["CID"])


@dataclass(frozen=True, slots=True)
class Bare:
    """One connection of urllib3, and the session id that a login gave."""

    pool: urllib3.HTTPSConnectionPool
    cid: str

    def get(self, path: str) -> bytes:
        """Return the body of what is read at a path below `/v2.5/api`."""
        return self.pool.request("GET", path, headers={"Authorization": f"cid {self.cid}"}).data

    def messages(self, calls: Iterable[Call]) -> list[Message]:
        """Return what the client sent for its calls, with this session's id."""
        return [call.message(Hidden(self.cid)) for call in calls]

    def send(self, messages: Iterable[Message]) -> None:
        """Send it again, one after the other. The answers are received and not even parsed."""
        for message in messages:
            request = {"body": message.body, "headers": message.headers}
            answer = self.pool.request(message.method, message.target, **request)
            if answer.status >= _REFUSED:
                raise RuntimeError(f"the simulator refuses what the client sent before: {answer.status}")


@contextmanager
def simulated_controller() -> Iterator[Simulated]:
    """Run one while the block runs; it begins with gateways and no policy."""
    command = [sys.executable, "-c", "from guardrail_cli.main import run; run()", "lab", "controller", "--tls"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url, ca_file = (process.stdout.readline().strip().partition("=")[2] for _ in range(2))
        try:
            yield Simulated(url, ca_file)
        finally:
            process.terminate()
