"""`guardrail judge --jsonl`: snapshots a second on one core, and whether memory stays the same."""

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benches.account import ZONE, snapshot
from benches.process import BUILD, ROOT
from benches.report import Effort, Line

_BLOCK = 1_000


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds (user and system, of the whole process) and the most memory resident (MB)."""

    cpu: float
    resident_mb: float


def judge(effort: Effort) -> list[Line]:
    """Judge few and many snapshots in turn; the first process fills caches."""
    few, many = effort.snapshots
    turns = [(_cost(few), _cost(many)) for _ in range(max(1, effort.processes // 5) + 1)][1:]
    return [
        Line(f"{few:,} snapshots", [few / cost.cpu for cost, _ in turns], "a second"),
        Line(f"{many:,} snapshots", [many / cost.cpu for _, cost in turns], "a second", at_least=20_000),
        Line(f"most memory resident, {few:,} snapshots", [cost.resident_mb for cost, _ in turns], "MB"),
        Line(f"most memory resident, {many:,} snapshots", [cost.resident_mb for _, cost in turns], "MB"),
        Line("most memory, many to few", [b.resident_mb / a.resident_mb for a, b in turns], "×", at_most=1.1),
    ]


def block() -> bytes:
    """A thousand snapshots, one a line: 8 of 10 have one version, 1 has two, 1 has an endpoint on a PUBLIC version."""
    kinds = [json.dumps(snapshot(1))] * 8 + [json.dumps(snapshot(2)), json.dumps(_drifted())]
    lines = [kinds[number % 10].replace("claims_agent", f"claims_agent_{number}") for number in range(_BLOCK)]
    return "".join(line + "\n" for line in lines).encode()


def _drifted() -> dict[str, object]:
    document = snapshot(2)
    document["versions"]["1"]["networkConfiguration"] = {"networkMode": "PUBLIC"}
    return document


def _cost(snapshots: int) -> Cost:
    """Write the snapshots into the command's stdin, block by block."""
    command = [sys.executable, "-m", "benches.metered", "judge", "--zone", str(_zone()), "--jsonl"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        lines = block()
        assert process.stdin
        assert process.stderr
        with suppress(BrokenPipeError):  # it ended early; what it said tells why
            for _ in range(snapshots // _BLOCK):
                process.stdin.write(lines)
            process.stdin.close()
        said = process.stderr.read().decode()
    if process.returncode:
        raise RuntimeError(f"guardrail judge failed:\n{said}")
    cost = json.loads(said.splitlines()[-1])
    return Cost(cost["cpu"], cost["resident_mb"])


def _zone() -> Path:
    BUILD.mkdir(parents=True, exist_ok=True)
    path = BUILD / "zone.json"
    path.write_text(json.dumps(ZONE.document()))
    return path
