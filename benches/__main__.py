"""`python -m benches`: measure, show a table, and write it into benches/README.md."""

import argparse
import sys
from collections.abc import Callable

from rich.console import Console

from benches.back_out import back_out
from benches.calls import calls
from benches.controller import controller
from benches.drain import drain
from benches.judge import judge
from benches.ladder import ladder
from benches.latency import latency
from benches.pack import pack
from benches.reconcile import reconcile
from benches.report import FULL, QUICK, Effort, Line, markdown, table, write
from benches.sweep import sweep
from benches.verify import verify

BENCHES: dict[str, tuple[str, Callable[[Effort], list[Line]]]] = {
    "verify": ("verify_runtime, a compliant runtime that has not changed", verify),
    "calls": ("AWS calls for a compliant runtime that has not changed", calls),
    "judge": ("guardrail judge --jsonl, one core", judge),
    "sweep": ("sweep_runtimes, listing and queueing", sweep),
    "ladder": ("the response to one drifted runtime, from denial to release", ladder),
    "drain": ("1,000 drifted runtimes, drained on a virtual clock", drain),
    "controller": ("the Aviatrix controller's client, and the simulated controller", controller),
    "pack": ("guardrail pack: explain, check, compile", pack),
    "reconcile": ("the reconciler, against the simulated controller", reconcile),
    "back_out": ("backing out straight at the simulated controller", back_out),
    "latency": ("event to verdict on the local cloud, wall clock", latency),
}


def main() -> int:
    """Run the benchmarks. Only a complete, thorough run is written down: its figures belong together."""
    arguments = _arguments()
    progress, stdout = Console(stderr=True), Console()
    names = [arguments.only] if arguments.only else list(BENCHES)
    sections = []
    for name in names:
        title, bench = BENCHES[name]
        progress.print(f"bench: {name}", style="dim")
        lines = bench(QUICK if arguments.quick else FULL)
        stdout.print(table(title, lines))
        sections.append(markdown(title, lines))
    if not (arguments.only or arguments.quick or arguments.no_write):
        write(sections)
        progress.print("bench: written to benches/README.md", style="dim")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benches", description=__doc__)
    parser.add_argument("--only", choices=list(BENCHES), help="run one benchmark; nothing is written")
    parser.add_argument("--quick", action="store_true", help="few runs, to see that all works; nothing is written")
    parser.add_argument("--no-write", action="store_true", help="leave benches/README.md as it is")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
