"""A function sees the standard library and its own zip: ministack's workers also see the emulator's packages."""

from ministack.core import lambda_runtime

from guardrail_lab.emulator.seam import replace

# Before anything is imported, so that a dependency the bundle lacks is missing here as well.
SEAL = """import sys
sys.path[:] = [entry for entry in sys.path if not entry.endswith(("site-packages", "dist-packages"))]
"""


def install() -> None:
    """Take installed packages from the search path of every Python worker."""
    replace(lambda_runtime, "_PYTHON_WORKER_SCRIPT", lambda script: SEAL + script)
