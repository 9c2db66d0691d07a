"""What ships: our own files, locked packages cut down to what is used, and nothing that depends on a processor."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from stacks.asset import NOT_SHIPPED, REQUIREMENTS, SOURCE, USED_SERVICES, add_byte_code, build_asset

OUR_PACKAGES = {"guardrail", "verify_runtime", "sweep_runtimes", "reconcile_pack", "back_out"}


@pytest.fixture(scope="module")
def asset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_asset("3.13", tmp_path_factory.mktemp("asset") / "functions")


def test_every_file_of_functions_ships_and_no_other_of_ours(asset: Path):
    source = {path.relative_to(SOURCE) for path in SOURCE.rglob("*.py")}
    shipped = {
        path.relative_to(asset) for path in asset.rglob("*.py") if path.relative_to(asset).parts[0] in OUR_PACKAGES
    }

    assert {path.name for path in SOURCE.iterdir() if path.name != "__pycache__"} == OUR_PACKAGES
    assert shipped == source
    assert not [
        path for path in asset.rglob("*") if path.suffix in (".pyc", ".so", ".pyd") or path.name == "__pycache__"
    ]


def test_an_asset_of_the_same_files_is_left_as_it_is_and_one_of_others_is_made_anew(asset: Path):
    mark, label = asset / "mark", asset.with_name("functions.sha256")
    mark.touch()
    build_asset("3.13", asset)
    assert mark.exists()

    label.write_text("made of something else")
    build_asset("3.13", asset)
    assert not mark.exists()


def test_third_party_code_is_what_is_locked(asset: Path):
    locked = set(re.findall(r"^([a-z0-9-]+)==(\S+)", REQUIREMENTS.read_text(), re.MULTILINE))
    shipped = {
        (name.replace("_", "-"), version)
        for name, version in (path.name.removesuffix(".dist-info").rsplit("-", 1) for path in asset.glob("*.dist-info"))
    }

    assert shipped == locked
    assert not [unused for unused in NOT_SHIPPED if (asset / unused).exists()]


def test_the_models_of_the_used_services_ship_and_no_others(asset: Path):
    shipped = {path.name for path in (asset / "botocore" / "data").iterdir() if path.is_dir()}
    used = {
        node.args[0].value
        for path in (SOURCE / "guardrail" / "gateways").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "attr", None) == "_clients" or getattr(node.func, "id", None) == "clients")
        and isinstance(node.args[0], ast.Constant)
    }

    assert shipped == set(USED_SERVICES)
    assert used <= shipped
    assert shipped - used == {"bedrock-agentcore-control"}  # named by a constant there


def test_the_asset_stays_small(asset: Path):
    assert sum(path.stat().st_size for path in asset.rglob("*") if path.is_file()) < 13_000_000


@pytest.mark.parametrize("function", sorted(OUR_PACKAGES - {"guardrail"}))
def test_a_handler_can_be_imported_from_the_asset_alone(asset: Path, function, tmp_path: Path):
    """Isolated, without site-packages: a package that is missing from the asset is noticed."""
    program = (
        f"import sys; sys.path.insert(0, {str(asset)!r}); sys.dont_write_bytecode = True\n"
        f"import botocore, {function}.handler as handler\n"
        f"assert botocore.__file__.startswith({str(asset)!r}) and callable(handler.handler)"
    )

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("version", "shipped"), [(f"{sys.version_info.major}.{sys.version_info.minor}", 1), ("3.99", 0)]
)
def test_byte_code_ships_only_for_the_python_that_made_it(tmp_path: Path, version, shipped):
    (tmp_path / "module.py").write_text("VALUE = 1\n")

    add_byte_code(tmp_path, version)

    assert len(list(tmp_path.rglob("*.pyc"))) == shipped
