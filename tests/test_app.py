"""app.py as the CDK CLI runs it."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_bad_context_stops_the_synthesis_with_one_line(tmp_path: Path):
    environment = {
        "CDK_CONTEXT_JSON": json.dumps({"landing_zones": []}),
        "CDK_OUTDIR": str(tmp_path / "out"),
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(tmp_path),
    }

    done = subprocess.run(
        [sys.executable, ROOT / "app.py"], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        "context landing_zones: expected a list of zones, each an object or the path of a JSON file. "
        "Nothing was synthesised."
    ]
    assert not list(tmp_path.glob("out/*.json"))
