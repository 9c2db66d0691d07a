"""Fresh processes: what one contender costs, cold and warm, in CPU seconds."""

import json
import shutil
import subprocess
import sys
from compileall import compile_dir
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benches.scene import ENVIRONMENT, Scene
from stacks.asset import build_asset

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "benches"


@dataclass(frozen=True, slots=True)
class Contender:
    """Something that handles the same event: a handler, the Python that runs it, and where it may import from."""

    handler: str
    python: tuple[str, ...]
    path: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """What one process did.

    Attributes:
        cold: CPU seconds (user and system) of importing the handler and of the first invocation.
        warm: CPU seconds of one later invocation, one figure a round.
        requests: The AWS calls of the first invocation.
        resident_mb: The most memory it had resident (10^6 bytes).
    """

    cold: float
    warm: tuple[float, ...]
    requests: tuple[str, ...]
    resident_mb: float


def run(contender: Contender, scene: Scene) -> Run:
    """Start a process, let it handle the scene, and return what that cost."""
    script = str(Path(__file__).with_name("measured.py"))
    command = [*contender.python, "-I", script, contender.handler, *map(str, contender.path)]
    done = subprocess.run(
        command, input=json.dumps(scene.document()), env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{contender.handler} failed:\n{done.stderr}")
    result = json.loads(done.stdout)
    return Run(result["cold"], tuple(result["warm"]), tuple(result["requests"]), result["resident_mb"])


def from_asset(handler: str, *, compiled: bool = True) -> Contender:
    """A contender that has what Lambda ships and nothing else; `compiled` is whether its byte code is there."""
    asset = _asset(compiled=compiled)
    flags = ("-S",) if compiled else ("-S", "-B")
    return Contender(handler, (sys.executable, *flags), (asset, ROOT))


@cache
def _asset(*, compiled: bool) -> Path:
    """Copy the asset, so that what is measured has byte code of this Python, or none, and our code as it is now."""
    built = ROOT / "build" / "functions"
    if not built.exists():
        build_asset(f"{sys.version_info.major}.{sys.version_info.minor}")
    target = BUILD / ("asset-compiled" if compiled else "asset-source")
    shutil.rmtree(target, ignore_errors=True)
    without_byte_code = shutil.ignore_patterns("__pycache__")
    for source in (built, ROOT / "functions"):
        shutil.copytree(source, target, ignore=without_byte_code, dirs_exist_ok=True)
    if compiled:
        compile_dir(target, quiet=2)
    return target
