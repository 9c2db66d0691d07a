"""Documents are tested: commands run, links lead somewhere, the map is complete."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "benches" / "README.md"])
FINE_OR_FOUND = {0, 2}


def console_blocks(path: Path) -> list[str]:
    return re.findall(r"^ *```console\n(.*?)^ *```", path.read_text(), re.MULTILINE | re.DOTALL)


def commands(path: Path) -> list[str]:
    """What follows a `$`, with the lines of a here-document that belong to it."""
    return [
        command.strip()
        for block in console_blocks(path)
        for command in re.split(r"^ *\$ ", block, flags=re.MULTILINE)[1:]
    ]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text())

    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_every_directory_and_file_at_the_top_stands_in_the_map():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    directories = {line.split("/")[0] for line in listed if "/" in line and not line.startswith(".")}
    table = (ROOT / "README.md").read_text().split("## Where things are")[1].split("\n## ")[0]

    assert {name for name in directories if f"`{name}/" not in table} <= {"requirements"}


def test_the_make_targets_of_the_readme_exist():
    targets = set(re.findall(r"[`$] ?make ([a-z]+)", (ROOT / "README.md").read_text()))

    assert {"demo", "test", "setup", "help"} <= targets
    for target in targets:
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, check=True)


def test_make_help_lists_every_target_with_a_word_about_it():
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    for target in ("setup", "fmt", "lint", "test", "demo", "bench", "synth", "fuzz", "lock"):
        assert re.search(rf"^ +make {target} +\w", shown, re.MULTILINE)


@pytest.mark.parametrize("path", sorted(ROOT.glob("docs/tutorials/*.md")), ids=lambda path: path.stem)
def test_a_tutorial_runs_from_top_to_bottom(path, tmp_path):
    (tmp_path / "events").symlink_to(ROOT / "events")
    environment = {"PATH": f"{ROOT / '.venv' / 'bin'}:/usr/bin:/bin", "HOME": str(tmp_path)}

    for command in commands(path):
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode in FINE_OR_FOUND, (command, done.stderr)


def test_the_verdict_of_the_readme_can_be_asked_for(tmp_path):
    [command] = [each for each in commands(ROOT / "README.md") if "guardrail judge" in each]

    for tutorial_command in commands(ROOT / "docs" / "tutorials" / "first_verdict.md"):
        if tutorial_command.startswith("cat >"):
            subprocess.run(["bash", "-c", tutorial_command], cwd=tmp_path, check=True)
    done = subprocess.run(
        [ROOT / command.split()[0], *command.split()[1:]], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "NON_COMPLIANT" in done.stdout


def test_nothing_names_a_machine_or_a_registry():
    text = subprocess.run(
        ["git", "grep", "-nIiE", "pypi[.]org|python[h]osted|registry[.]npmjs"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert text.stdout == ""
