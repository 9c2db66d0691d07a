"""Asks @cloud-copilot/iam-simulate, in one Node process for all questions."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.iam_evaluator import Attached, Request

SCRIPT = Path(__file__).with_name("iam_simulator.mjs")


def simulate(questions: Sequence[tuple[Attached, Request]], *, strict: bool = False) -> list[str]:
    """Return a decision for each question, in order.

    Args:
        strict: Check everything against AWS's authorization data, and return errors in place of decisions.
    """
    numbers: dict[int, int] = {}
    attached = []
    for each, _ in questions:
        if id(each) not in numbers:
            numbers[id(each)] = len(attached)
            attached.append({"identity": each.identity, "boundary": each.boundary, "scps": each.scps})
    requests = [
        {
            "attached": numbers[id(each)],
            "action": request.action,
            "resource": request.resource,
            "context": request.context,
            "principal": request.context["aws:PrincipalArn"],
            "account": request.context["aws:PrincipalAccount"],
            "strict": strict,
        }
        for each, request in questions
    ]
    done = subprocess.run(
        ["node", SCRIPT],
        input=json.dumps({"attached": attached, "requests": requests}),
        capture_output=True,
        text=True,
        check=True,
    )
    decisions: list[str] = json.loads(done.stdout)
    return decisions
