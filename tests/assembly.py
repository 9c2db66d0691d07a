"""The cloud assembly of the lab's landing zone, synthesised once for all tests of a run that need it."""

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from guardrail_lab.deployment import LAB_ZONE, stack_name, synthesise

STACK = stack_name(LAB_ZONE)


@cache
def assembly() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="guardrail-assembly-"))
    synthesise(LAB_ZONE, directory)
    return directory


def template() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((assembly() / f"{STACK}.template.json").read_text())
    return document


def resources(resource_type: str) -> dict[str, dict[str, Any]]:
    """Resources of a type, by logical id."""
    return {name: each for name, each in template()["Resources"].items() if each["Type"] == resource_type}
