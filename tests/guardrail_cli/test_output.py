import io
import json
import sys

from rich.table import Table
from rich.text import Text

from guardrail_cli.output import json_line, write_document, write_page

HOSTILE = {"name": "\x1b[31m\x07 \x7f\x9b31m \u202e\u2066 é 漢 \U0001f600 [bold]x[/bold]"}


def test_json_holds_nothing_that_a_terminal_acts_on_and_is_the_same_document(capfdbinary):
    write_document(HOSTILE)
    printed = capfdbinary.readouterr().out

    assert all(character.isprintable() or character == "\n" for character in printed.decode())
    assert json.loads(printed) == json.loads(json_line(HOSTILE)) == HOSTILE


def test_a_json_line_is_one_line():
    assert json_line({"a": "x\ny", "b": [1]}) == b'{"a":"x\\ny","b":[1]}\n'


def test_markup_in_a_page_is_shown_and_long_text_is_not_broken(capfdbinary):
    table = Table("[red]column[/red]")
    table.add_row(Text("[link=http://x]cell[/link] :smile:"))
    long = "aws " + "x" * 200

    write_page([Text(long), table])
    shown = capfdbinary.readouterr().out.decode()

    assert shown.startswith(long + "\n")
    assert "[red]column[/red]" in shown
    assert "[link=http://x]cell[/link] :smile:" in shown
    assert "\x1b" not in shown


def test_what_the_encoding_of_stdout_lacks_is_escaped(monkeypatch):
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="latin-1"))

    write_page([Text("é 漢")])

    assert out.getvalue() == b"\xe9 \\u6f22\n"
