import io
import json
import os
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.core.errors import GuardrailError, InvalidInput
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.lines import MAX_LINE, Answer, answer_lines, lines_by_read
from guardrail_cli.source import Source
from tests.guardrail_cli.arrange import GUARDRAIL, environment

FINE = b'{"fine":true}'
NOT_FINE = b'{"fine":false}'


def answer(document):
    if not isinstance(document, dict):
        raise InvalidInput("document", "an object")
    return Answer(document, fine=document["fine"])


@pytest.fixture
def answered(tmp_path, capfdbinary):
    """Answers the lines of a file; returns how that ended, and what was printed."""

    def call(content):
        (tmp_path / "in").write_bytes(content)
        try:
            end = answer_lines(Source(str(tmp_path / "in")), answer)
        except GuardrailError as error:
            end = str(error).removeprefix(f"{tmp_path}/")
        return end, capfdbinary.readouterr().out

    return call


@pytest.mark.parametrize(
    ("content", "end"),
    [
        pytest.param(b"", ExitCode.FINE, id="no line"),
        pytest.param(FINE + b"\n" + FINE + b"\n", ExitCode.FINE, id="all fine"),
        pytest.param(FINE + b"\n" + NOT_FINE + b"\n" + FINE + b"\n", ExitCode.FOUND, id="one is not"),
        pytest.param(FINE + b"\n" + NOT_FINE, ExitCode.FOUND, id="no line break at the end"),
    ],
)
def test_every_line_is_answered_in_order(answered, content, end):
    assert answered(content) == (end, b"".join(line + b"\n" for line in content.split()))


def test_a_carriage_return_before_a_line_break_is_white_space(answered):
    assert answered(FINE + b"\r\n" + FINE + b"\r\n") == (ExitCode.FINE, (FINE + b"\n") * 2)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param(b"", "column 1: expected a JSON object; ", id="blank"),
        pytest.param(b"\t ", "column 1: expected a JSON object; ", id="white space"),
        pytest.param(b"{", "column 2: expected a JSON object; ", id="cut off"),
        pytest.param(b"\0", "column 1: expected a JSON object; ", id="binary"),
        pytest.param(b"[1]", "document: expected an object", id="JSON, but no object"),
        pytest.param(b"1" * (MAX_LINE + 1), f"line: expected at most {MAX_LINE} bytes", id="too long"),
    ],
)
def test_a_line_without_an_answer_gets_an_error_in_its_place_and_reading_goes_on(answered, line, message):
    end, printed = answered(NOT_FINE + b"\n" + line + b"\n" + FINE + b"\n")
    first, error, last = printed.splitlines()

    assert end == "in: 1 of 3 lines could not be used; their errors are in the output"
    assert (first, last) == (NOT_FINE, FINE)
    assert json.loads(error)["error"]["line"] == 2
    assert json.loads(error)["error"]["message"].startswith(message)


class Dripping(io.RawIOBase):
    """Gives one piece per read, as a pipe does."""

    def __init__(self, pieces):
        self.pieces = list(pieces)

    def readable(self):
        return True

    def readinto(self, buffer):
        piece = self.pieces.pop(0) if self.pieces else b""
        buffer[: len(piece)] = piece
        return len(piece)


@given(st.lists(st.binary(min_size=1, max_size=9).map(lambda piece: piece.replace(b"0", b"\n"))))
def test_lines_are_whole_however_the_reads_cut_them(pieces):
    content = b"".join(pieces)
    lines = [line for batch in lines_by_read(io.BufferedReader(Dripping(pieces))) for line in batch]

    assert lines == (content.removesuffix(b"\n").split(b"\n") if content else [])


def peak_kilobytes(path):
    arguments = [GUARDRAIL, "judge", path, "--zone", "zone.json", "--jsonl"]
    with path.with_suffix(".out").open("wb") as out:
        process = subprocess.Popen(arguments, stdout=out, env=environment())
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss


def test_memory_does_not_grow_with_the_number_of_lines(files):
    line = b" ".join((files / "fine.json").read_bytes().split()) + b"\n"
    few, many = files / "few.jsonl", files / "many.jsonl"
    few.write_bytes(line * 1_000)
    many.write_bytes(line * 20_000)

    assert peak_kilobytes(many) < peak_kilobytes(few) + 2_000
    assert many.with_suffix(".out").read_bytes().count(b"\n") == 20_000
