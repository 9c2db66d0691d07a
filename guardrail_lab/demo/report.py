"""What the demo saw: `build/demo.json` for machines, a table for people."""

import json
from dataclasses import dataclass, field
from typing import Any

from rich.table import Table
from rich.text import Text

from guardrail_lab.process import ROOT

REPORT = ROOT / "build" / "demo.json"


@dataclass
class Report:
    """What `build/demo.json` says."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    runtimes: list[dict[str, Any]] = field(default_factory=list)
    calls: list[dict[str, str]] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    timelines: dict[str, list[str]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether there were steps, and every one was verified."""
        return bool(self.steps) and all(step["ok"] for step in self.steps)

    def document(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        public = (runtime for runtime in self.runtimes if runtime["name"] == "public_agent")
        return {
            "ok": self.ok,
            "steps": self.steps,
            "event_to_verdict_seconds": next((runtime["event_to_verdict_seconds"] for runtime in public), None),
            "runtimes": self.runtimes,
            "calls": self.calls,
            "evidence": self.evidence,
            "timelines": self.timelines,
        }

    def write(self) -> None:
        """Write it to `build/demo.json`."""
        REPORT.parent.mkdir(exist_ok=True)
        REPORT.write_text(json.dumps(self.document(), indent=2) + "\n", encoding="utf-8")


def table(report: Report) -> Table:
    """Return the steps for a terminal."""
    rows = Table(box=None, pad_edge=False)
    for column in ("", "step", "seconds", "what was seen"):
        rows.add_column(column, justify="right" if column == "seconds" else "left", overflow="fold")
    for step in report.steps:
        mark = "[green]ok[/green]" if step["ok"] else "[red]FAILED[/red]"
        rows.add_row(mark, step["name"], f"{step['seconds']:.2f}", Text(step["detail"]))
    return rows
