"""`verify_runtime` on a compliant, unchanged runtime, beside a Lambda written by hand and beside Cloud Custodian."""

from collections.abc import Callable
from statistics import median

from benches.process import ROOT, Contender, Run, from_asset, run
from benches.report import Effort, Line
from benches.scene import Scene, queue_event, trail_event, unchanged_runtime

OURS, BY_HAND, CUSTODIAN = "verify_runtime", "the boto3 Lambda", "Cloud Custodian"
_WARM_ROUNDS = 3
_CUSTODIAN_PYTHON = ROOT / ".bench" / "bin" / "python"


def verify(effort: Effort) -> list[Line]:
    """Let all three handle the same event in turn, each time in a fresh process."""
    runs = _alternate(_contenders(), effort, _WARM_ROUNDS)
    bare = _alternate(_contenders(compiled=False), effort, 0)
    cold, cold_bare = _figures(runs, _cold), _figures(bare, _cold)
    warm, a_call = _figures(runs, _warm), _figures(runs, lambda run: _warm(run) / len(run.requests))
    memory = _figures(runs, lambda run: run.resident_mb)
    return [
        *_lines("cold", cold, "ms"),
        Line(f"cold, {OURS} to {BY_HAND}", _ratios(cold, OURS, BY_HAND), "×", at_most=1.25),
        *_lines("cold without byte code", cold_bare, "ms"),
        Line(f"cold without byte code, {OURS} to {BY_HAND}", _ratios(cold_bare, OURS, BY_HAND), "×"),
        *_lines("warm", warm, "ms"),
        Line(f"warm, {CUSTODIAN} to {OURS}", _ratios(warm, CUSTODIAN, OURS), "×", at_least=4),
        *_lines("warm, for each AWS call made", a_call, "ms"),
        Line(f"warm, for each AWS call made, {OURS} to {BY_HAND}", _ratios(a_call, OURS, BY_HAND), "×", at_most=1.3),
        Line(f"most memory resident, {OURS}", memory[OURS], "MB", at_most=70),
        Line(
            f"most memory resident without byte code, {OURS}", [run.resident_mb for run in bare[OURS]], "MB", at_most=70
        ),
        *_lines("most memory resident", {name: memory[name] for name in (BY_HAND, CUSTODIAN)}, "MB"),
    ]


def _contenders(*, compiled: bool = True) -> dict[str, Contender]:
    """Ours and the boto3 Lambda have the same packages: those of the asset. Custodian has its own environment."""
    contenders = {
        OURS: from_asset("verify_runtime.handler:handler", compiled=compiled),
        BY_HAND: from_asset("benches.peers.boto3_lambda:handler", compiled=compiled),
    }
    if compiled:
        python = (str(_CUSTODIAN_PYTHON),)
        contenders[CUSTODIAN] = Contender("benches.peers.custodian.handler:handler", python, (ROOT,))
    return contenders


def _alternate(contenders: dict[str, Contender], effort: Effort, warm_rounds: int) -> dict[str, list[Run]]:
    """Run them turn by turn, so that a machine that slows down slows down all; the first turn fills caches."""
    answers = unchanged_runtime()
    scenes = {
        name: Scene(answers, trail_event() if name == CUSTODIAN else queue_event(), warm_rounds, effort.invocations)
        for name in contenders
    }
    turns = [{name: run(contenders[name], scenes[name]) for name in contenders} for _ in range(effort.processes + 1)]
    return {name: [turn[name] for turn in turns[1:]] for name in contenders}


def _cold(run: Run) -> float:
    return run.cold * 1e3


def _warm(run: Run) -> float:
    return median(run.warm) * 1e3


def _figures(runs: dict[str, list[Run]], figure: Callable[[Run], float]) -> dict[str, list[float]]:
    return {name: [figure(run) for run in turns] for name, turns in runs.items()}


def _ratios(figures: dict[str, list[float]], one: str, other: str) -> list[float]:
    """Turn by turn: what ran next to each other is compared with each other."""
    return [left / right for left, right in zip(figures[one], figures[other], strict=True)]


def _lines(what: str, figures: dict[str, list[float]], unit: str) -> list[Line]:
    return [Line(f"{what}, {name}", values, unit) for name, values in figures.items()]
