from pathlib import Path

import pytest

from tests.once import once


def half(directory: Path) -> None:
    (directory / "half").touch()
    raise OSError("the disk is full")


def test_it_is_made_by_who_asks_first_and_anew_only_after_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GUARDRAIL_TEST_RUN", str(tmp_path))

    with pytest.raises(OSError, match="the disk is full"):
        once("it", half)
    made = once("it", lambda directory: (directory / "whole").touch())

    assert once("it", half) == made
    assert [path.name for path in made.iterdir()] == ["whole"]
