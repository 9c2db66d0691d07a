import subprocess
import sys

from benches.process import ROOT
from benches.report import README


def test_a_quick_run_shows_its_figures_and_writes_nothing():
    before = README.read_bytes()

    done = subprocess.run(
        [sys.executable, "-m", "benches", "--quick", "--only", "judge"], cwd=ROOT, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    assert "2,000 snapshots" in " ".join(done.stdout.split())
    assert README.read_bytes() == before


def test_an_unknown_benchmark_is_refused():
    done = subprocess.run(
        [sys.executable, "-m", "benches", "--only", "nothing"], cwd=ROOT, capture_output=True, text=True
    )

    assert done.returncode == 2
    assert "invalid choice" in done.stderr
