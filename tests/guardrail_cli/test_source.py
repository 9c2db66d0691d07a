import io
import os
import pty
import sys

import pytest

from guardrail.core.errors import GuardrailError, InvalidInput
from guardrail_cli.source import Source


def refusal(path):
    with pytest.raises(GuardrailError) as error:
        Source(path).read_written_by_hand()
    return str(error.value)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param(b"", "f:1:1: expected JSON; ", id="empty"),
        pytest.param(b"{\n 'a': 1}", "f:2:2: expected JSON; ", id="not JSON"),
        pytest.param(b"[1]\n[2]", "f:2:1: expected JSON; ", id="two documents"),
        pytest.param(b"[NaN]", "f:1:2: expected JSON; ", id="NaN"),
        pytest.param(b"[-Infinity]", "f:1:3: expected JSON; ", id="Infinity"),
        pytest.param(b"[1e999]", "f:1:2: expected JSON; ", id="a number beyond all numbers"),
        pytest.param(b"\xef\xbb\xbf{}", "f:1:1: expected JSON; ", id="byte order mark"),
        pytest.param(b'["\xff"]', "f:1:1: expected JSON; ", id="not UTF-8"),
        pytest.param(b'["\\ud800"]', "f:1:3: expected JSON; ", id="lone surrogate"),
        pytest.param(b"\x7fELF\x00\x01", "f:1:1: expected JSON; ", id="binary"),
        pytest.param(b"[" * 5000, "f:1:", id="nested without end"),
        pytest.param(b'{"a": {"b": 1, "b": 2}}', "f: expected each name at most once in a JSON object", id="repeated"),
    ],
)
def test_what_is_not_strictly_json_is_refused_at_its_place(tmp_path, monkeypatch, content, complaint):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "f").write_bytes(content)

    assert refusal("f").startswith(complaint)


def test_a_repeated_name_counts_with_its_last_value_in_what_programs_write(tmp_path):
    (tmp_path / "f").write_text('{"a": 1, "a": 2}')

    assert Source(str(tmp_path / "f")).read() == {"a": 2}


@pytest.mark.parametrize(
    ("path", "why"),
    [
        pytest.param("nowhere", "No such file or directory", id="missing"),
        pytest.param(".", "Is a directory", id="directory"),
        pytest.param("loop", "Too many levels of symbolic links", id="cannot be opened"),
        pytest.param("/proc/self/mem", "Input/output error", id="cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, monkeypatch, path, why):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to("loop")

    assert refusal(path) == f"{path}: {why}, expected a readable file"


@pytest.mark.parametrize("path", [None, "-"])
def test_without_a_file_stdin_is_read(monkeypatch, path):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"a": 1}')))

    assert Source(path).read() == {"a": 1}


def test_who_types_is_told_that_stdin_is_read(monkeypatch, capfd):
    leader, follower = pty.openpty()
    os.write(leader, b"{}\n\x04")
    with os.fdopen(leader), os.fdopen(follower) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)

        assert Source(None).read() == {}

    assert capfd.readouterr() == ("", "reading stdin; Ctrl-D ends it, Ctrl-C gives up\n")


def test_what_the_core_refuses_is_blamed_on_the_source():
    with pytest.raises(InvalidInput, match=r"^z\.json: zone\.account: expected 12 digits$"), Source("z.json").blamed():
        raise InvalidInput("zone.account", "12 digits")
