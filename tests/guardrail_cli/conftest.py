"""The files that commands read, and commands run in this process."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from guardrail_cli.main import run
from tests.builders import PUBLIC, event, snapshot_document, zone_document
from tests.controller_lab import PASSWORD, ControllerLab, controller_lab
from tests.guardrail_cli.arrange import Outcome

EXEMPTION = {
    "id": "EX-7",
    "owner": "orders team",
    "reason": "moves later",
    "ticket": "OPS-1",
    "runtimes": ["orders_*"],
    "rules": ["network-mode"],
    "expires": "2026-12-31",
}

BINDINGS = {
    "name_prefix": "agentcore-vca",
    "account": "111122223333",
    "region": "us-east-1",
    "runtime_subnets": ["subnet-0a1b2c3d4e5f60001"],
    "runtime_cidrs": ["10.50.10.0/24"],
    "models": ["bedrock-runtime.us-east-1.amazonaws.com"],
    "tools": ["api.github.com", "en.wikipedia.org"],
    "mode": "enforce",
    "mitm_ca_trusted": True,
    "spoke_gateway": "agentcore-vca-agentcore-spoke",
}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory to work in, with one file of each kind."""
    documents = {
        "zone.json": zone_document(),
        "fine.json": snapshot_document({2: None}, {"DEFAULT": 2}),
        "pinned.json": snapshot_document({2: None, 1: PUBLIC}, {"DEFAULT": 2, "prod": 1}),
        "unread.json": snapshot_document({2: None}, {"DEFAULT": 2}, endpoints={"error": "ThrottlingException"}),
        "exemptions.json": [EXEMPTION],
        "event.json": event("update_to_public"),
    }
    for name, document in documents.items():
        (tmp_path / name).write_text(json.dumps(document))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def guardrail(
    files: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Outcome]:
    """Runs a command in this process, in the directory with the files."""
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments: str, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = run(arguments)
        return Outcome(code, *capfdbinary.readouterr())

    return call


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControllerLab]:
    with controller_lab(tmp_path_factory.mktemp("controller")) as lab:
        yield lab


@pytest.fixture
def lab(running: ControllerLab, files: Path, monkeypatch: pytest.MonkeyPatch) -> ControllerLab:
    """A new controller, the password for it, and bindings for the shipped pack."""
    monkeypatch.setenv("AVIATRIX_PASSWORD", PASSWORD)
    (files / "b.json").write_text(json.dumps(BINDINGS))
    running.renew()
    return running


@pytest.fixture
def at(guardrail: Callable[..., Outcome], lab: ControllerLab) -> Callable[..., Outcome]:
    """Runs a command straight at the controller."""
    return lambda *arguments: guardrail(*arguments, "--controller", lab.url, "--ca", lab.ca_file)
