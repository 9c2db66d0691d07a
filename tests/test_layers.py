"""Who may import whom, and what decisions may not touch: the laws of docs/architecture.md that a machine can check."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FUNCTIONS = ROOT / "functions"
SHIPS = sorted(FUNCTIONS.rglob("*.py"))
PURE = [path for path in SHIPS if {"core", "flows", "ports"} & set(path.parts)]
NOT_OURS = {"tests", "docs", "build", "cdk.out", "node_modules"}
THIRD_PARTY = {"boto3", "botocore", "aws_lambda_powertools", "urllib3"}
IMPURE = {"now", "utcnow", "today", "open", "uuid1", "uuid4", "print", "input", "eval", "exec", "getenv"}


def packages():
    """Every directory that can be imported from: those with code in the root, and those that ship."""
    here = {path.parent.name for path in ROOT.glob("[!.]*/*.py")} - NOT_OURS
    return here | {path.parent.name for path in FUNCTIONS.glob("*/*.py")}


def imported(path):
    """The modules that a file imports, by their full names."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import hides where it leads"
            names.add(node.module)
    return names


def called(path):
    """The last part of the name of everything that a file calls."""
    calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return {getattr(call, "id", None) or getattr(call, "attr", None) for call in calls}


def test_nobody_imports_from_a_layer_above():
    """In a process of its own: the linter silences every logger that exists."""
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache", "--no-logo"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_the_linter_knows_every_package_for_one_that_it_does_not_know_is_silently_unchecked():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]

    assert sorted(config["root_packages"]) == sorted(packages())


def test_what_ships_is_named_in_every_contract_about_what_ships():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    ships = {path.parent.name for path in FUNCTIONS.glob("*/__init__.py")}
    (unaware,) = [each for each in contracts if each["name"] == "What ships knows nothing of what does not"]
    (layered,) = [each for each in contracts if each["name"].startswith("Each layer knows only those below it")]

    assert set(unaware["source_modules"]) == ships
    assert set(unaware["forbidden_modules"]) >= packages() - ships
    assert ships <= {name for layer in layered["layers"] for name in layer.split(" | ")}


@pytest.mark.parametrize("path", SHIPS, ids=lambda path: str(path.relative_to(FUNCTIONS)))
def test_what_ships_needs_nothing_but_the_standard_library_ourselves_and_what_is_packed_with_it(path):
    ours = {each.name for each in FUNCTIONS.iterdir()}
    roots = {name.split(".")[0] for name in imported(path)}

    assert roots <= set(sys.stdlib_module_names) | ours | THIRD_PARTY


@pytest.mark.parametrize(
    "path", [path for path in SHIPS if "core" in path.parts], ids=lambda path: str(path.relative_to(FUNCTIONS))
)
def test_the_core_needs_nothing_but_the_standard_library_and_itself(path):
    outside = {name.split(".")[0] for name in imported(path) if not name.startswith("guardrail.core.")}

    assert outside <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("path", PURE, ids=lambda path: str(path.relative_to(FUNCTIONS)))
def test_decisions_and_flows_ask_no_clock_open_no_file_and_draw_no_lots(path):
    assert not called(path) & IMPURE


@pytest.mark.parametrize("path", SHIPS, ids=lambda path: str(path.relative_to(FUNCTIONS)))
def test_what_ships_works_in_every_partition(path):
    texts = [node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)]

    assert not [text for text in texts if isinstance(text, str) and "arn:aws" in text]


def test_the_entry_point_of_the_cdk_knows_the_stacks_the_pack_and_the_core_only():
    roots = {name for name in imported(ROOT / "app.py") if name.split(".")[0] not in sys.stdlib_module_names}

    assert {name.split(".")[0] for name in roots} <= {"stacks", "policy_pack", "guardrail", "aws_cdk", "cdk_nag"}
    assert all(name.startswith("guardrail.core.") for name in roots if name.startswith("guardrail"))
