"""What is made once for all processes of a test run."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

_VARIABLE = "GUARDRAIL_TEST_RUN"
"""The directory of the run, which every process of it inherits."""


def begin_run() -> Callable[[], None]:
    """Make the directory, unless this process is part of a run that has one; the result removes it."""
    if _VARIABLE in os.environ:
        return lambda: None
    directory = os.environ[_VARIABLE] = tempfile.mkdtemp(prefix="guardrail-tests-")

    def end() -> None:
        del os.environ[_VARIABLE]
        shutil.rmtree(directory, ignore_errors=True)

    return end


def once(name: str, make: Callable[[Path], object]) -> Path:
    """Return the directory of this name, filled by `make` in whichever process asks first; the others wait for it."""
    directory = Path(os.environ[_VARIABLE], name)
    with FileLock(f"{directory}.lock"):
        done = Path(f"{directory}.done")
        if not done.exists():
            shutil.rmtree(directory, ignore_errors=True)
            directory.mkdir()
            make(directory)
            done.touch()
    return directory
