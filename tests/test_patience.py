import pytest

from tests import patience


def test_a_wait_ends_when_it_is_there_with_what_was_seen():
    seen = iter([[], [], ["it"], ["too late"]])

    assert patience.eventually(lambda: next(seen)) == ["it"]


def test_what_never_comes_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(patience, "SECONDS", 0.0)

    with pytest.raises(TimeoutError, match="not seen within 0 s"):
        patience.eventually(lambda: False)
