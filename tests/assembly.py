"""The cloud assembly of the lab's landing zone, synthesised once for all tests of a run that need it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from guardrail_lab.deployment import LAB_ZONE, stack_name, synthesise
from guardrail_lab.prevention import GUARDED_ROLE, prevention_stack
from tests.once import once

STACK = stack_name(LAB_ZONE)
PREVENTION = prevention_stack(LAB_ZONE)
MANAGEMENT_ACCOUNT = "999988887777"
ORGANIZATION = f"AgentCorePrevention-organization-{MANAGEMENT_ACCOUNT}"


@cache
def assembly() -> Path:
    prevention = {"roles": [GUARDED_ROLE], "management_account": MANAGEMENT_ACCOUNT}
    return once("observing", lambda directory: synthesise(LAB_ZONE, directory, prevention=prevention))


@cache
def responding_assembly() -> Path:
    """The same in REPAIR, in no more of a hurry than the local cloud, whose changes take a moment."""
    response = {"pass_role_path": "/agents/", "wait_seconds": 1, "breaker_changes": 1_000}
    return once(
        "responding", lambda directory: synthesise(LAB_ZONE, directory, response_mode="REPAIR", response=response)
    )


def template(stack: str = STACK) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((assembly() / f"{stack}.template.json").read_text())
    return document


def resources(resource_type: str, stack: str = STACK) -> dict[str, dict[str, Any]]:
    """Resources of a type, by logical id."""
    return {name: each for name, each in template(stack)["Resources"].items() if each["Type"] == resource_type}
