"""Facts for people: a table, or the same facts below each other where it would not fit."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from guardrail_cli.terminal import plain

Row = dict[str, Text]

_NOTHING = "-"
_ENDLESS = 1_000_000  # columns: room for any table


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of some things, in one row each. Identifiers are never broken over lines to make a table fit."""

    rows: Sequence[Row]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = _side_by_side(self.rows)
        wanted = Measurement.get(console, options.update(width=_ENDLESS), table).maximum
        yield table if wanted <= options.max_width else below_each_other(self.rows)


def _columns(rows: Sequence[Row]) -> list[str]:
    return [name for name in rows[0] if any(row[name].plain != _NOTHING for row in rows)]


def _side_by_side(rows: Sequence[Row]) -> Table:
    columns = _columns(rows)
    table = Table(*columns, box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(row[name] for name in columns))
    return table


def below_each_other(rows: Sequence[Row]) -> Table:
    """Return the facts one a line, with a blank line between two things."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for number, row in enumerate(rows):
        if number:
            table.add_row()
        for name in _columns(rows):
            table.add_row(name, row[name])
    return table


def cell(value: str | int | tuple[str, ...] | None) -> Text:
    """Return a value as it is shown: a list as one line each, nothing as a dash."""
    if isinstance(value, tuple):
        return Text("\n".join(plain(each) for each in value) or "none")
    if value is None:
        return Text(_NOTHING)
    return Text(str(value).lower() if isinstance(value, bool) else plain(str(value)))
