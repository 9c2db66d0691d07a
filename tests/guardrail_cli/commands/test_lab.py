import os
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

from guardrail_cli.local_cloud import shell_lines
from tests.guardrail_cli.arrange import GUARDRAIL, environment, installed, one_line


def test_the_cloud_runs_until_it_is_ended_and_a_shell_reaches_it_with_what_is_printed():
    cloud = subprocess.Popen([GUARDRAIL, "lab", "cloud"], stdout=-1, stderr=-1, env=environment(AWS_PROFILE="real"))
    with cloud:
        said = cloud.stderr.readline().decode()  # it comes after the lines for the shell
        lines = os.read(cloud.stdout.fileno(), 100_000).decode()
        told = subprocess.run(
            ["sh", "-c", lines + "env"], capture_output=True, text=True, env=environment(AWS_PROFILE="real")
        )
        shell = dict(line.split("=", 1) for line in told.stdout.splitlines())
        with urllib.request.urlopen(f"{shell['AWS_ENDPOINT_URL']}/_lab/health") as answer:
            health = answer.status
        cloud.send_signal(signal.SIGTERM)
        rest = cloud.communicate()

    assert health == 200
    assert "AWS_PROFILE" not in shell
    assert said.startswith(f"the local cloud listens on {shell['AWS_ENDPOINT_URL']}; ")
    assert (cloud.returncode, rest) == (0, (b"", b""))


def test_a_cloud_that_ends_by_itself_ends_the_command():
    with subprocess.Popen([GUARDRAIL, "lab", "cloud"], stdout=-1, stderr=-1, env=environment()) as command:
        command.stderr.readline()
        (emulator,) = Path(f"/proc/{command.pid}/task/{command.pid}/children").read_text().split()
        os.kill(int(emulator), signal.SIGKILL)
        _, err = command.communicate()

    assert (command.returncode, one_line(err)) == (1, "lab cloud: it ended by itself, expected to run until Ctrl-C")


def test_a_port_that_is_taken_is_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = installed("lab", "cloud", "--port", str(port))

    assert (ended.code, ended.out) == (1, b"")
    assert one_line(ended.err).startswith(f"lab cloud: port {port} on 127.0.0.1: ")


def test_a_port_that_is_none_is_a_usage_error(guardrail):
    complaint = guardrail("lab", "cloud", "--port", "65536").complaint

    assert complaint.startswith("guardrail lab cloud: Invalid value for --port: expected a port, 0 to 65535; ")


def test_a_shell_is_told_only_what_has_to_change():
    wanted = {"SAME": "1", "NEW": "it's; new", "CHANGED": "b"}

    assert shell_lines(wanted, {"SAME": "1", "CHANGED": "a", "GONE": "x"}) == (
        "unset GONE\nexport CHANGED=b\nexport NEW='it'\"'\"'s; new'\n"
    )
