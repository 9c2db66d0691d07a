"""What was measured, as a table for people and as the generated part of README.md."""

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

from rich.table import Table

README = Path(__file__).with_name("README.md")
BEGIN = "<!-- measured: begin -->"
END = "<!-- measured: end -->"
_HEADINGS = ("what", "median", "lowest to highest", "target", "met")


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured: fresh processes a contender, warm invocations in each, snapshots to judge."""

    processes: int
    invocations: int
    snapshots: tuple[int, ...]


FULL = Effort(processes=15, invocations=100, snapshots=(10_000, 200_000))
QUICK = Effort(processes=2, invocations=10, snapshots=(1_000, 2_000))


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of several runs, and the target for its median, if there is one.

    Attributes:
        values: One for each run.
        unit: Printed after each figure; `×` for a ratio.
        at_most, at_least: The target.
    """

    what: str
    values: Sequence[float]
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the median meets the target; None without one."""
        middle = median(self.values)
        if self.at_most is not None:
            return middle <= self.at_most
        return middle >= self.at_least if self.at_least is not None else None

    def cells(self) -> tuple[str, str, str, str, str]:
        """Return the line as text, in the order of the headings."""
        spread = "" if len(set(self.values)) == 1 else f"{_text(min(self.values))} to {_text(max(self.values))}"
        target = ""
        if self.at_most is not None:
            target = f"≤ {self.at_most:g} {self.unit}".strip()
        elif self.at_least is not None:
            target = f"≥ {self.at_least:,.15g} {self.unit}".strip()
        met = {None: "", True: "yes", False: "**no**"}[self.met]
        return (self.what, f"{_text(median(self.values))} {self.unit}".strip(), spread, target, met)


def table(title: str, lines: Iterable[Line]) -> Table:
    """Return the lines for a terminal."""
    result = Table(*_HEADINGS, title=title, title_justify="left")
    for line in lines:
        result.add_row(*line.cells())
    return result


def markdown(title: str, lines: Iterable[Line]) -> str:
    """Return the lines as a section of README.md."""
    rows = [_HEADINGS, ("---", "---:", "---:", "---:", "---"), *(line.cells() for line in lines)]
    return f"### {title}\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def machine() -> str:
    """Say what it was measured on and with."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("boto3", "aws-lambda-powertools"))
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"Measured on {system}, Python {platform.python_version()}, with {packages}."


def write(sections: Sequence[str], readme: Path = README) -> None:
    """Replace the generated part of README.md; the prose around it stays."""
    before, rest = readme.read_text().split(BEGIN)
    after = rest.split(END)[1]
    readme.write_text(before + "\n\n".join([BEGIN, machine(), *(section.strip() for section in sections), END]) + after)


def _text(value: float) -> str:
    """Three digits that count, and all of a large number."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
