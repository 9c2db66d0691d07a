"""Data as a file has it: values that know the line they stand in."""

from dataclasses import dataclass

from policy_pack.problem import Place

Scalar = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a file.

    Attributes:
        place: Where it begins; for the member of a mapping, where its key is.
        text: A scalar as it is written: `0123` is not 123 when it is an account.
    """

    place: Place
    value: "Scalar | list[Node] | dict[str, Node]"
    text: str = ""

    @property
    def members(self) -> "dict[str, Node]":
        """The members of a mapping; anything else has none."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> "list[Node]":
        """The items of a list; anything else has none."""
        return self.value if isinstance(self.value, list) else []

    def kind(self) -> str:
        """Say what it is, in the words of an error."""
        match self.value:
            case dict():
                return "a mapping"
            case list():
                return "a list"
            case bool():
                return f"{self.text}"
            case int():
                return f"the number {self.text}"
            case None:
                return "nothing"
            case _:
                return "text"
