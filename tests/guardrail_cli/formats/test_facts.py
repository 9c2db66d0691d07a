import io

import pytest
from rich.console import Console
from rich.text import Text

from guardrail_cli.formats.facts import Facts, cell


def shown(rows, width):
    console = Console(file=io.StringIO(), width=width)
    console.print(Facts(rows))
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


ROWS = [
    {"Name": cell("a"), "Value": cell(("x" * 10, "y")), "Kind": cell("old"), "Extra": cell(None)},
    {"Name": cell("b"), "Value": cell(True), "Kind": cell(None), "Extra": cell(None)},
]


def test_a_table_is_used_where_it_fits():
    header, _, *rows = shown(ROWS, 26)

    assert [header.split(), *(row.split() for row in rows)] == [
        ["Name", "Value", "Kind"],
        ["a", "x" * 10, "old"],
        ["y"],
        ["b", "true", "-"],
    ]


def test_a_table_that_would_not_fit_is_a_list_without_what_is_empty_everywhere():
    assert shown(ROWS, 20) == [
        "Name   a",
        "Value  xxxxxxxxxx",
        "       y",
        "Kind   old",
        "",
        "Name   b",
        "Value  true",
        "Kind   -",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("[b]x\x1b", "[b]x", id="string"),
        pytest.param(False, "false", id="bool"),
        pytest.param(3, "3", id="number"),
        pytest.param(None, "-", id="nothing"),
        pytest.param((), "none", id="no element"),
        pytest.param(("a\x1b", "b"), "a\nb", id="elements"),
    ],
)
def test_a_value_is_shown_as_text(value, text):
    assert cell(value) == Text(text)
