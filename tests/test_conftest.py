"""What Hypothesis draws by default follows from the test alone."""

import importlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


def drawn() -> list[int | str]:
    seen = []

    @settings(settings.get_profile("default"))
    @given(st.integers() | st.text())
    def draw(value: int | str) -> None:
        seen.append(value)

    draw()
    return seen


def test_what_else_has_been_imported_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = drawn()
    (tmp_path / "newcomer.py").write_text(f"NUMBERS = {list(range(1_000, 2_000))}\nWORD = 'newcomer'\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("newcomer")

    assert drawn() == before
    assert len(set(before)) > 50
