"""The emulator as a child process: started on a bound socket, waited for, ended with everything it started."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import urllib3

ROOT = Path(__file__).parents[1]
PYTHON = ROOT / ".lab" / "bin" / "python"
# Runs isolated from PYTHONPATH and user packages; only our own tree is added.
ENTRY = "import sys; sys.path.append(sys.argv.pop(1)); from guardrail_lab.emulator.launch import main; main()"
START_SECONDS = 120.0
STOP_SECONDS = 30.0
LOG_LINES = 15


class LabError(RuntimeError):
    """The local cloud could not be started, or does not answer."""


def loopback_socket(port: int) -> socket.socket:
    """Return a listening socket on 127.0.0.1; port 0 means a free one.

    Raises:
        LabError: The port is taken.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise LabError(f"port {port} on 127.0.0.1: {error.strerror}; choose another, or 0 for a free one") from error
    listener.listen(128)
    return listener


class EmulatorProcess:
    """One running emulator. It also ends when this process dies: it watches the pipe that it has for stdin."""

    def __init__(
        self,
        listener: socket.socket,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        log_path: Path,
        python: Path = PYTHON,
    ) -> None:
        if not python.exists():
            raise LabError(f"{python}: there is no local cloud here yet; run make setup")
        self._log_path = log_path
        descriptor = listener.fileno()
        with log_path.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 (a fixed program with arguments of ours)
                [python, "-I", "-c", ENTRY, ROOT, "--socket", str(descriptor), *arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                pass_fds=[descriptor],
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Its process id, which is also its process group's."""
        return self._process.pid

    def wait_until_ready(self, health_url: str) -> None:
        """Wait for the first answer.

        Raises:
            LabError: The emulator ended or did not answer within 120 seconds; the message has its last log lines.
        """
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                urllib3.request("GET", health_url, retries=False, timeout=START_SECONDS)
                return
            except urllib3.exceptions.HTTPError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.02)
        raise LabError(f"the local cloud did not start; the end of its log:\n{self._last_lines()}")

    def stop(self) -> None:
        """End the emulator and its Lambda workers; safe to call twice."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _last_lines(self) -> str:
        return "\n".join(self._log_path.read_text(errors="replace").splitlines()[-LOG_LINES:])
