"""The one directory that every function ships: our own code, and locked third-party code cut down to what is used."""

import compileall
import py_compile
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from filelock import FileLock
from uv import find_uv_bin

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "functions"
REQUIREMENTS = ROOT / "requirements" / "functions.txt"
BUILD = ROOT / "build"

USED_SERVICES = (
    "bedrock-agentcore-control",
    "dynamodb",
    "ec2",
    "events",
    "s3",
    "scheduler",
    "secretsmanager",
    "sns",
    "sqs",
)
"""The services whose models the functions need; botocore brings 400 others, many times as large."""

SHARED_DATA = ("_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json")
NOT_SHIPPED = ("bin", "boto3/examples", "boto3/data", ".lock")


def build_asset(python_version: str, target: Path = BUILD / "functions") -> Path:
    """Build the asset for a Python such as `3.13` and return its directory.

    No file depends on a processor, so that one asset serves x86_64 and arm64; anything compiled is refused. What is
    there already, made of the same files, stays: two synths at a time must not pull it from under each other.

    Raises:
        subprocess.CalledProcessError: A locked package could not be installed; uv has said which.
        ValueError: A locked package is not pure Python.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(target.with_name(f"{target.name}.lock")):
        made_of, label = _inputs(python_version), target.with_name(f"{target.name}.sha256")
        if not (target.is_dir() and label.exists() and label.read_text(encoding="ascii") == made_of):
            label.unlink(missing_ok=True)
            _build(python_version, target)
            label.write_text(made_of, encoding="ascii")
    return target


def _build(python_version: str, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(_third_party(python_version), target)
    for module in sorted(SOURCE.rglob("*.py")):
        shipped = target / module.relative_to(SOURCE)
        shipped.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(module, shipped)
    add_byte_code(target, python_version)


def _inputs(python_version: str) -> str:
    """The SHA-256 of everything that the asset is made of."""
    files = [REQUIREMENTS, Path(__file__), *sorted(SOURCE.rglob("*.py"))]
    said = [f"{python_version} {sys.version}", *(f"{path.relative_to(ROOT)}\0{path.read_text()}" for path in files)]
    return sha256("\0".join(said).encode()).hexdigest()


def add_byte_code(target: Path, python_version: str) -> None:
    """Compile what is there, if this Python is of that version: its byte code would be useless to another.

    A cold start is about a quarter of a second faster with it. Lambda's disk is read-only, so that it never makes
    its own.
    """
    if python_version == f"{sys.version_info.major}.{sys.version_info.minor}":
        compileall.compile_dir(target, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)


def _third_party(python_version: str) -> Path:
    """Install what requirements/functions.txt locks, once for each of its versions."""
    lock = sha256(REQUIREMENTS.read_bytes() + Path(__file__).read_bytes() + python_version.encode()).hexdigest()[:12]
    target = BUILD / "third-party" / lock
    if target.exists():
        return target
    unfinished = target.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    install = [find_uv_bin(), "pip", "install", "--quiet", "--require-hashes", "--no-deps", "--target", str(unfinished)]
    platform = ["--python-version", python_version, "--python-platform", "aarch64-manylinux2014"]
    subprocess.run(  # noqa: S603 (uv, with arguments of ours)
        [*install, *platform, "--only-binary", ":all:", "-r", str(REQUIREMENTS)], check=True
    )
    _prune(unfinished)
    return unfinished.rename(target)


def _prune(installed: Path) -> None:
    for unused in NOT_SHIPPED:
        path = installed / unused
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for entry in (installed / "botocore" / "data").iterdir():
        if entry.name not in (*USED_SERVICES, *SHARED_DATA):
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    for cache in list(installed.rglob("__pycache__")):
        shutil.rmtree(cache)
    compiled = [path.name for path in installed.rglob("*") if path.suffix in (".so", ".pyd", ".dylib")]
    if compiled:
        raise ValueError(f"requirements/functions.txt: expected pure Python only, found {', '.join(compiled)}")


if __name__ == "__main__":
    print(build_asset(sys.argv[1] if len(sys.argv) > 1 else "3.13"))  # noqa: T201
