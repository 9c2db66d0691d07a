"""What `sweep_runtimes` itself does for 1,000 runtimes: list them, put a look at each on the queue."""

from statistics import median

from benches.process import from_asset, run
from benches.report import Effort, Line
from benches.scene import Scene, many_runtimes

_RUNTIMES = 1_000
_WARM_ROUNDS, _WARM_SWEEPS = 3, 3


def sweep(effort: Effort) -> list[Line]:
    """Sweep in fresh processes; a sweep is usually cold, for the schedule comes round long after the last."""
    contender = from_asset("sweep_runtimes.handler:handler")
    scene = Scene(many_runtimes(_RUNTIMES), {}, _WARM_ROUNDS, _WARM_SWEEPS)
    runs = [run(contender, scene) for _ in range(effort.processes + 1)][1:]
    return [
        Line(f"cold, {_RUNTIMES:,} runtimes", [run.cold for run in runs], "s", at_most=1),
        Line(f"warm, {_RUNTIMES:,} runtimes", [median(run.warm) for run in runs], "s"),
        Line("AWS calls", [len(run.requests) for run in runs], ""),
        Line("most memory resident", [run.resident_mb for run in runs], "MB"),
    ]
