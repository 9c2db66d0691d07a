import io
import sys

import pytest

from guardrail.core.errors import InvalidInput
from guardrail_cli import password
from guardrail_cli.password import password_of


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_environment_comes_first(monkeypatch):
    monkeypatch.setenv("SECRET", "from the environment")
    monkeypatch.setattr(sys, "stdin", Terminal("typed\n"))

    assert password_of("admin", "SECRET").reveal() == "from the environment"


def test_a_terminal_is_asked(monkeypatch):
    monkeypatch.setattr(sys, "stdin", Terminal())
    asked = []
    monkeypatch.setattr(password, "getpass", lambda prompt: asked.append(prompt) or "typed")

    assert password_of("admin", "SECRET").reveal() == "typed"
    assert asked == ["Password of admin: "]


def test_without_either_it_is_one_line(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("not a terminal\n"))

    with pytest.raises(InvalidInput, match="--password-env: expected the name of an environment variable"):
        password_of("admin", "SECRET")
