"""docs/policy_pack.md: its commands run and print what it shows, and nothing of the format is missing."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from guardrail.core.firewall.answer import Note
from guardrail.core.firewall.finding import Code
from guardrail.core.firewall.flow import KEYS as FLOW_KEYS
from policy_pack import bindings, derived, read_expectations, read_groups, read_pack, read_rules

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "policy_pack.md").read_text()
BLOCKS = re.findall(r"^```console\n\$ (.*?)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """What a reader has before the first command."""
    directory = tmp_path_factory.mktemp("clone")
    shutil.copytree(ROOT / "policy_pack", directory / "policy_pack")
    return directory


def test_the_commands_run_one_after_the_other_and_print_what_is_shown(clone):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for first, rest in BLOCKS:
        commands = [first, *re.findall(r"^\$ (.*)$", rest, re.MULTILINE)]
        shown = "".join(line for line in rest.splitlines(keepends=True) if not line.startswith("$ "))
        done = subprocess.run(
            ["bash", "-ec", "\n".join(commands)],
            cwd=clone, stdout=-1, stderr=subprocess.STDOUT, text=True, env=os.environ | {"PATH": path},
        )  # fmt: skip
        pattern = ".*".join(re.escape(part) for part in shown.replace("...\n", "...").split("..."))

        assert re.fullmatch(pattern, done.stdout, re.DOTALL), f"{commands}\n{done.stdout}"


@pytest.mark.parametrize(
    "word",
    [
        *read_pack.KEYS, *read_rules.KEYS, *read_expectations.KEYS, *read_groups.SELECTOR_KEYS, *bindings.KEYS,
        *derived.NAMES, *FLOW_KEYS, *Note, *Code,
    ],
)  # fmt: skip
def test_every_word_of_the_format_is_explained(word):
    assert re.search("[`{ ,\n]" + re.escape(word) + "[`:,} ]", TEXT), word
