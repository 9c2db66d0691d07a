import json

import pytest

from guardrail.core.errors import GuardrailError
from guardrail_cli.written_file import write_file


def test_a_file_is_replaced_as_a_whole_and_only_its_owner_can_read_it(tmp_path):
    path = tmp_path / "undo.json"
    path.write_text("old")
    write_file(str(path), {"new": 1})

    assert json.loads(path.read_text()) == {"new": 1}
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["undo.json"]


def test_what_cannot_be_written_is_one_line_and_leaves_nothing_behind(tmp_path):
    (tmp_path / "directory").mkdir()

    with pytest.raises(GuardrailError, match=r"directory: Is a directory, expected a file that can be written"):
        write_file(str(tmp_path / "directory"), {})
    with pytest.raises(GuardrailError, match=r"nowhere/x: No such file or directory"):
        write_file(str(tmp_path / "nowhere" / "x"), {})
    assert [each.name for each in tmp_path.iterdir()] == ["directory"]


def test_a_stream_is_no_file_to_keep_something_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(GuardrailError, match=r"^-: expected the name of a file, not a stream$"):
        write_file("-", {})
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_json_leaves_the_old_file(tmp_path):
    path = tmp_path / "undo.json"
    path.write_text("old")

    with pytest.raises(TypeError):
        write_file(str(path), {"no json": object()})
    assert path.read_text() == "old"
