"""The parameters that commands share, and how their values are read."""

from collections.abc import Sequence
from enum import Enum
from typing import Annotated, Any

import typer

FileArgument = Annotated[
    str | None, typer.Argument(metavar="FILE", help="Where to read it; stdin without one.", show_default=False)
]
ZoneOption = Annotated[
    str, typer.Option("--zone", metavar="ZONE", help="JSON file with the landing zone.", show_default=False)
]
LinesOption = Annotated[
    bool, typer.Option("--jsonl", help="One document per line in, one result per line out, as it comes.")
]
ControllerOption = Annotated[
    str, typer.Option("--controller", metavar="URL", help="Its https address.", show_default=False)
]
CaOption = Annotated[
    str | None,
    typer.Option("--ca", metavar="FILE", help="PEM file of the only CA to trust for it.", show_default="the system's"),
]
InsecureOption = Annotated[bool, typer.Option("--insecure", help="Do not verify its certificate; for labs only.")]
UserOption = Annotated[str, typer.Option("--user", metavar="U", help="Who logs in.")]
PasswordOption = Annotated[
    str, typer.Option("--password-env", metavar="VAR", help="The environment variable that holds the password.")
]


class Words:
    """Reads what was typed for a parameter: strings, integers and choices.

    It stands in for Typer's own reading, which loads pydantic, and with it half of a command's start.
    """

    def __init__(self, kind: Any) -> None:
        self._kind = kind

    def coerce(self, value: Any, param: Any, ctx: typer.Context) -> Any:
        """Return the value as the parameter's type.

        Raises:
            typer.BadParameter: It is none of the choices, or no number.
        """
        if not isinstance(value, str) or self._kind is str:
            return value
        try:
            return self._kind(value)
        except ValueError:
            raise typer.BadParameter(f"expected {self._expected()}", ctx=ctx, param=param) from None

    def _expected(self) -> str:
        if issubclass(self._kind, Enum):
            return ", ".join(choice.value for choice in self._kind)
        return "a whole number"


def read_as_words(command: Any, help_names: Sequence[str]) -> None:
    """Give every parameter of a command, and of the commands below it, the quick way to read its value."""
    for parameter in command.get_params(typer.Context(command, help_option_names=list(help_names))):
        parameter._runtime_param = Words(parameter.type_descriptor.annotation)
    for child in getattr(command, "commands", {}).values():
        read_as_words(child, help_names)
