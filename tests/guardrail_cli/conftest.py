"""The files that commands read, and commands run in this process."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from guardrail_cli.main import run
from tests.builders import PUBLIC, event, snapshot_document, zone_document
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
