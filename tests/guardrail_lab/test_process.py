import pytest

from guardrail_lab.process import EmulatorProcess, LabError, loopback_socket


def test_the_socket_is_on_loopback_only():
    with loopback_socket(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_a_taken_port_is_said_in_one_line():
    with loopback_socket(0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LabError, match=rf"^port {port} on 127.0.0.1: Address already in use; choose another"):
            loopback_socket(port)


def test_a_missing_environment_says_how_to_make_it(tmp_path):
    with loopback_socket(0) as listener, pytest.raises(LabError, match="run make setup"):
        EmulatorProcess(listener, [], environment={}, log_path=tmp_path / "log", python=tmp_path / "python")


def test_an_emulator_that_dies_shows_the_end_of_its_log(tmp_path):
    log = tmp_path / "log"
    with loopback_socket(0) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        emulator = EmulatorProcess(listener, ["--no-such-option"], environment={}, log_path=log)

    with pytest.raises(
        LabError, match=r"(?s)did not start; the end of its log:\n.*the following arguments are required"
    ):
        emulator.wait_until_ready(url)

    emulator.stop()
