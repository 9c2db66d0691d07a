"""Options that commands take together: a dataclass of them, spread into the parameters of each command."""

import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from inspect import Parameter
from typing import Any

from guardrail_cli.exit_code import ExitCode

Command = Callable[..., ExitCode]


def spread(command: Command) -> Command:
    """Let Typer see, in the place of each parameter that is a dataclass of options, those options one by one."""
    signature = inspect.signature(command)
    groups: dict[str, Any] = {
        name: parameter.annotation
        for name, parameter in signature.parameters.items()
        if is_dataclass(parameter.annotation)
    }

    @functools.wraps(command)
    def called(**given: Any) -> ExitCode:
        for name, group in groups.items():
            given[name] = group(**{field.name: given.pop(field.name) for field in fields(group)})
        return command(**given)

    shown = [each for parameter in signature.parameters.values() for each in _shown(parameter)]
    called.__signature__ = signature.replace(parameters=shown)  # type: ignore[attr-defined]
    return called


def _shown(parameter: Parameter) -> Iterator[Parameter]:
    if not is_dataclass(parameter.annotation):
        yield parameter
        return
    for field in fields(parameter.annotation):
        default = Parameter.empty if field.default is MISSING else field.default
        yield Parameter(field.name, Parameter.KEYWORD_ONLY, annotation=field.type, default=default)
