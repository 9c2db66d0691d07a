"""A simulated controller on this machine, ready to be called."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from guardrail_lab.controller import control
from guardrail_lab.controller.network import LabNetwork
from guardrail_lab.controller.server import serving_in_a_thread
from guardrail_lab.controller.sessions import Account
from guardrail_lab.controller.simulation import Timing
from guardrail_lab.controller.simulator import Simulator
from guardrail_lab.controller.store import Store
from guardrail_lab.controller.tls import loopback_tls
from guardrail_lab.controller.web import WebReply, WebRequest
from guardrail_lab.process import loopback_socket


@dataclass(frozen=True, slots=True)
class LocalController:
    """Where a running one is.

    Attributes:
        ca_path: File with the certificate of its CA; None without TLS.
        simulator: To look inside; it is being used from another thread while a request is handled.
    """

    url: str
    ca_path: Path | None
    simulator: Simulator


@contextmanager
def local_controller(
    *,
    port: int = 0,
    tls: bool = True,
    release: str | None = None,
    state: Path | None = None,
    account: Account | None = None,
    timing: Timing | None = None,
    network: LabNetwork | None = None,
) -> Iterator[LocalController]:
    """Run a simulated controller while the block runs.

    Args:
        port: TCP port on 127.0.0.1; 0 for a free one.
        state: File that its world is kept in; None for memory only.
        network: A VPC in EC2 whose route tables the controller programs; None for a VPC that only it knows.

    Raises:
        LabError: It cannot start.
    """
    simulator = Simulator(Store(state), release=release, account=account, timing=timing)
    if network is not None:
        network.put_into(simulator.sim.world)
        simulator.follow(network.follow)
    with ExitStack() as stack:
        listener = stack.enter_context(loopback_socket(port))
        ca_path = context = None
        if tls:
            directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="guardrail-controller-"))
            ca_path = Path(directory) / "ca.pem"
            context = loopback_tls(ca_path)
        stack.enter_context(serving_in_a_thread(partial(_handle, simulator), listener, context))
        url = f"{'https' if tls else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
        yield LocalController(url, ca_path, simulator)


def _handle(simulator: Simulator, request: WebRequest) -> WebReply:
    if request.path.startswith(control.PREFIX):
        return control.answer(simulator, request)
    return simulator.handle(request)
