"""Whatever stops a command: exit code 1 and one line, never a traceback."""

import os
import pty
import signal
import subprocess
from pathlib import Path

import pytest

from tests.guardrail_cli.arrange import GUARDRAIL, environment, installed, left_on, one_line


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param("", "guardrail: Missing command; ", id="no command"),
        pytest.param("lab", "guardrail lab: Missing command; ", id="no command of a group"),
        pytest.param("jugde", "guardrail: No such command 'jugde'. Did you mean 'judge'?; ", id="unknown command"),
        pytest.param("lab clod", "guardrail lab: No such command 'clod'. ", id="unknown command of a group"),
        pytest.param("--nope", "guardrail: No such option: --nope; ", id="unknown option"),
        pytest.param("judge -x", "guardrail judge: No such option: -x; ", id="unknown short option"),
        pytest.param("judge --zone", "guardrail: Option '--zone' requires an argument; ", id="option without value"),
        pytest.param("trail --jsonl=3", "guardrail: Option '--jsonl' does not take a value; ", id="flag with a value"),
        pytest.param("judge", "guardrail judge: Missing option '--zone'; ", id="missing option"),
        pytest.param("replay", "guardrail replay: Missing argument 'EVENT'; ", id="missing argument"),
        pytest.param(
            "judge a b --zone z", "guardrail judge: Got unexpected extra argument(s) (b); ", id="too many arguments"
        ),
        pytest.param(
            "judge --zone z --format xml",
            "guardrail judge: Invalid value for '--format': expected text, json, sarif, ocsf; ",
            id="bad choice",
        ),
        pytest.param(
            "lab cloud --port many",
            "guardrail lab cloud: Invalid value for '--port': expected a whole number; ",
            id="bad number",
        ),
    ],
)
def test_a_usage_error_is_one_line_that_says_where_help_is(guardrail, arguments, complaint):
    line = guardrail(*arguments.split()).complaint

    assert line.startswith(complaint)
    assert line.endswith("--help shows what is expected")


def test_control_characters_in_arguments_do_not_reach_the_terminal(guardrail):
    line = guardrail("judge", "--zone", "zone\x1b[31m\n\u202e.json").complaint

    assert line == "zone[31m .json: No such file or directory, expected a readable file"


def test_the_installed_command_ends_with_0_2_and_1(files):
    assert installed("judge", "fine.json", "--zone", "zone.json").code == 0
    assert installed("judge", "--zone", "zone.json", "--format", "json", stdin=b"{}").code == 1
    assert installed("judge", "pinned.json", "--zone", "zone.json", "--format", "json").code == 2


def test_ctrl_c_ends_a_command_with_one_line(files):
    line = b" ".join((files / "fine.json").read_bytes().split()) + b"\n"
    arguments = [GUARDRAIL, "judge", "--zone", "zone.json", "--jsonl"]
    with subprocess.Popen(arguments, stdin=-1, stdout=-1, stderr=-1, bufsize=0, env=environment()) as process:
        process.stdin.write(line)
        answered = process.stdout.readline()  # while more input could still come
        process.send_signal(signal.SIGINT)
        rest, err = process.stdout.read(), process.stderr.read()

    assert b'"COMPLIANT"' in answered
    assert (process.returncode, rest, one_line(err)) == (1, b"", "guardrail: interrupted")


def test_a_reader_that_goes_away_ends_a_command_with_one_line(files):
    many = files / "many.jsonl"
    many.write_bytes((b" ".join((files / "pinned.json").read_bytes().split()) + b"\n") * 500)
    arguments = [GUARDRAIL, "judge", many, "--zone", "zone.json", "--jsonl"]
    with subprocess.Popen(arguments, stdout=-1, stderr=-1, env=environment()) as process:
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()

    assert (process.returncode, one_line(err)) == (1, "stdout: Broken pipe; not everything was written")


@pytest.mark.parametrize(
    ("redirection", "code", "complaint"),
    [
        pytest.param(">/dev/full", 1, "stdout: No space left on device; not everything was written", id="full disk"),
        pytest.param(">&-", 1, "stdout: closed, expected an open stream", id="closed stdout"),
        pytest.param("- <&-", 1, "stdin: closed, expected a document, or name a file", id="closed stdin"),
    ],
)
def test_a_stream_that_cannot_be_used_is_one_line(files, redirection, code, complaint):
    done = subprocess.run(
        f"{GUARDRAIL} trail event.json {redirection}".replace("event.json -", "-"),
        shell=True,
        capture_output=True,
        env=environment(),
    )

    assert (done.returncode, done.stdout, one_line(done.stderr)) == (code, b"", complaint)


def test_a_closed_stderr_changes_nothing_but_the_line(files):
    done = subprocess.run(f"{GUARDRAIL} trail nowhere.json 2>&-", shell=True, capture_output=True, env=environment())

    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")


@pytest.mark.parametrize(
    ("changes", "coloured"),
    [pytest.param({}, True, id="terminal"), pytest.param({"NO_COLOR": "1"}, False, id="NO_COLOR")],
)
def test_colours_appear_only_in_a_terminal_that_wants_them(files: Path, changes, coloured):
    leader, follower = pty.openpty()
    arguments = [GUARDRAIL, "judge", "pinned.json", "--zone", "zone.json"]
    done = subprocess.run(arguments, stdout=follower, stderr=-1, env=environment(**changes))
    os.close(follower)
    shown = left_on(leader)
    os.close(leader)

    assert (done.returncode, done.stderr) == (2, b"")
    assert (b"\x1b[" in shown) is coloured
