import inspect
from dataclasses import dataclass

from guardrail_cli.exit_code import ExitCode
from guardrail_cli.spread import spread


@dataclass(frozen=True)
class Options:
    needed: str
    usual: int = 3


def test_a_command_shows_the_options_one_by_one_and_is_called_with_them_together():
    seen = []

    @spread
    def command(first: str, *, options: Options, last: bool = False) -> ExitCode:
        """Do it."""
        seen.append((first, options, last))
        return ExitCode.FOUND

    shown = inspect.signature(command).parameters
    code = command(first="a", needed="b", usual=4, last=True)

    assert list(shown) == ["first", "needed", "usual", "last"]
    assert (shown["needed"].default, shown["usual"].default) == (inspect.Parameter.empty, 3)
    assert (shown["usual"].annotation, command.__doc__) == (int, "Do it.")
    assert (code, seen) == (ExitCode.FOUND, [("a", Options("b", 4), True)])
