from enum import StrEnum

import pytest
import typer

from guardrail_cli.parameters import Words


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@pytest.mark.parametrize(
    ("kind", "typed", "read"),
    [
        pytest.param(str, "12", "12", id="string"),
        pytest.param(int, "12", 12, id="number"),
        pytest.param(Colour, "red", Colour.RED, id="choice"),
        pytest.param(Colour, None, None, id="nothing"),
        pytest.param(int, 0, 0, id="default"),
    ],
)
def test_what_was_typed_is_read_as_the_parameters_type(kind, typed, read):
    value = Words(kind).coerce(typed, None, None)

    assert (value, type(value)) == (read, type(read))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [pytest.param(Colour, "red, blue", id="choice"), pytest.param(int, "a whole number", id="int")],
)
def test_what_cannot_be_read_is_refused_without_quoting_it(kind, expected):
    with pytest.raises(typer.BadParameter) as refusal:
        Words(kind).coerce("hunter2", None, None)

    assert refusal.value.message == f"expected {expected}"
