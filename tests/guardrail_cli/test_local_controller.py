import os
import signal
import socket
import subprocess
import urllib.request

import pytest

from tests.guardrail_cli.arrange import GUARDRAIL, environment, installed, one_line


def test_the_controller_runs_until_it_is_ended_and_keeps_its_state(tmp_path):
    state = tmp_path / "state.json"
    command = [GUARDRAIL, "lab", "controller", "--version", "8.2", "--state", state]
    with subprocess.Popen(command, stdout=-1, stderr=-1, env=environment()) as controller:
        said = controller.stderr.readline().decode()
        lines = os.read(controller.stdout.fileno(), 1000).decode()
        url = lines.strip().removeprefix("export CONTROLLER=")
        with urllib.request.urlopen(f"{url}/v2/api?action=get_api_token") as answer:
            token = answer.read()
        controller.send_signal(signal.SIGTERM)
        rest = controller.communicate()

    assert said == f"the simulated controller 8.2 listens on {url}; Ctrl-C ends it\n"
    assert b"api_token" in token
    assert (controller.returncode, rest) == (0, (b"", b""))
    assert b'"release": "8.2"' in state.read_bytes()


def test_a_port_that_is_taken_is_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = installed("lab", "controller", "--port", str(port))

    assert (ended.code, ended.out) == (1, b"")
    assert one_line(ended.err).startswith(f"lab controller: port {port} on 127.0.0.1: ")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--port", "65536"], "guardrail lab controller: Invalid value for --port: expected a port, 0 to 65535; "),
        (["--version", "7.0"], "--version: expected one of 8.1, 8.2, 9.0, 10.1"),
        (["--password-env", "NOT_SET"], "--password-env: expected the name of an environment variable"),
        (["--state", "zone.json"], "lab controller: zone.json: expected the state of a simulated controller"),
        (["--state", "no/file"], "lab controller: no/file: No such file or directory, expected a file that can be "),
    ],
)
def test_an_option_that_is_wrong_is_one_line(guardrail, options, complaint):
    assert guardrail("lab", "controller", *options).complaint.startswith(complaint)
