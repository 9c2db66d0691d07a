"""app.py as the CDK CLI runs it."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def synthesised(tmp_path: Path, context: dict[str, object]) -> subprocess.CompletedProcess[str]:
    """What comes of running app.py with a context, as the CDK CLI does."""
    environment = {
        "CDK_CONTEXT_JSON": json.dumps(context),
        "CDK_OUTDIR": str(tmp_path / "out"),
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(tmp_path),
    }
    command = [sys.executable, ROOT / "app.py"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert not list(tmp_path.glob("out/*.json"))
    return done


def test_bad_context_stops_the_synthesis_with_one_line(tmp_path: Path):
    done = synthesised(tmp_path, {"landing_zones": []})

    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        "context landing_zones: expected a list of zones, each an object or the path of a JSON file. "
        "Nothing was synthesised."
    ]


def test_a_bad_pack_stops_the_synthesis_with_one_line(tmp_path: Path):
    pack = (ROOT / "policy_pack" / "agentcore" / "pack.yaml").read_text()
    (tmp_path / "pack.yaml").write_text(pack.replace("web: models", "web: model"))
    bindings = str(ROOT / "policy_pack" / "agentcore" / "bindings.example.yaml")

    done = synthesised(tmp_path, {"policy_pack": {"directory": str(tmp_path), "bindings": bindings}})

    assert done.returncode == 1
    [line] = done.stderr.strip().splitlines()
    assert line.endswith("rules[6].web: no web group is named 'model'; did you mean 'models'? Nothing was synthesised.")
