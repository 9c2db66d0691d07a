"""A simulated controller on a loopback port that a test can exchange for a new one, and clients for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from guardrail.gateways.controller.call import Call
from guardrail.gateways.controller.client import Controller
from guardrail.gateways.controller.hidden import Hidden
from guardrail.gateways.controller.login import FixedLogin, Login, LoginSource, make_login
from guardrail_lab.controller.server import serving_in_a_thread
from guardrail_lab.controller.sessions import Account
from guardrail_lab.controller.simulation import Timing
from guardrail_lab.controller.simulator import Simulator
from guardrail_lab.controller.store import Store
from guardrail_lab.controller.tls import loopback_tls
from guardrail_lab.controller.web import WebReply, WebRequest
from guardrail_lab.process import loopback_socket

USER, PASSWORD = "admin", "canary-Pa55&word=1"
AT_ONCE = Timing(propagation=0, release=0, job=0)


@dataclass
class ControllerLab:
    """What answers on the port, by default a simulator; `answer` may be exchanged for anything else."""

    url: str
    ca_file: str
    pauses: list[float] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    requests: list[WebRequest] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.renew()

    def renew(self, release: str = "9.0", timing: Timing = AT_ONCE) -> Simulator:
        """Put a new controller there; nothing of the old one remains."""
        self.simulator = Simulator(
            Store(None), release=release, account=Account(USER, PASSWORD), timing=replace(timing)
        )
        self.answer: Callable[[WebRequest], WebReply] = self.simulator.handle
        self.pauses.clear(), self.calls.clear(), self.requests.clear()
        return self.simulator

    def handle(self, request: WebRequest) -> WebReply:
        self.requests.append(request)
        return self.answer(request)

    def login(self, password: str = PASSWORD, url: str | None = None) -> Login:
        return make_login("test", url or self.url, USER, Hidden(password))

    def client(self, source: LoginSource | None = None, **options: Any) -> Controller:
        """A client that has not logged in yet, and does not really pause."""
        options = {"ca_file": self.ca_file, **options}
        source = source or FixedLogin(self.login())
        return Controller(source, watcher=self.calls.append, sleep=self.pauses.append, **options)


@contextmanager
def controller_lab(directory: Path) -> Iterator[ControllerLab]:
    """Serve while the block runs."""
    ca_path = directory / "ca.pem"
    with loopback_socket(0) as listener:
        lab = ControllerLab(f"https://127.0.0.1:{listener.getsockname()[1]}", str(ca_path))
        with serving_in_a_thread(lab.handle, listener, loopback_tls(ca_path)):
            yield lab
