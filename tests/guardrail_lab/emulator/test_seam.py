import subprocess

import pytest

from guardrail_lab.process import PYTHON, ROOT

# ministack is installed in the emulator's environment only.
PRELUDE = (
    "import sys; sys.path.append(sys.argv[1]); from ministack import app; from guardrail_lab.emulator import seam\n"
)
OTHER_VERSION = "seam.PINNED = '1.5.34'\n"


def run(statements):
    command = [PYTHON, "-I", "-c", PRELUDE + statements, ROOT]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_name_is_replaced_by_what_is_made_of_it():
    done = run("seam.replace(app, 'AUTH', lambda before: ('was', before)); print(app.AUTH)")

    assert done.stdout == "('was', False)\n", done.stderr


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        pytest.param(
            "seam.replace(app, 'gone', str)", "ministack.app.gone: ministack 1.5.33 has no such name", id="gone"
        ),
        pytest.param(OTHER_VERSION + "seam.replace(app, 'AUTH', str)", "the patches are for 1.5.34", id="version"),
    ],
)
def test_a_patch_that_does_not_fit_stops_the_emulator(statements, why):
    done = run(statements)

    assert done.returncode != 0
    assert why in done.stderr.splitlines()[-1]
