"""What evidence says about a change: which call, on what, with which outcome; never the values that were sent."""

from typing import Any

from guardrail.core.evidence import digest
from guardrail.core.runtimes.response import ResponseMode
from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.step import Call, Step


def intent_body(snapshot: Snapshot, verdict_digest: str, step: Step, mode: ResponseMode) -> dict[str, Any]:
    """Return the body of the record that is written before a step's call is made.

    Parameters are named and their digest is kept: whoever has the values can prove that they were these.
    """
    return {
        "account": snapshot.account,
        "region": snapshot.region,
        "mode": mode.value,
        "verdict_digest": verdict_digest,
        "step": step.kind.value,
        "why": step.why,
        "version": None if step.version is None else str(step.version),
        "endpoint": step.endpoint,
        "call": None if step.call is None else _call(step.call),
    }


def outcome_body(
    intent: dict[str, Any], outcome: str, code: str = "", new_version: int | None = None
) -> dict[str, Any]:
    """Return the body of the record that is written after it.

    Args:
        intent: The body of the record before.
        outcome: `done`, `done-otherwise` (the call's other form), `refused`, `failed`, or `changed-meanwhile` (not
            called).
        code: The service's error code, or "".
        new_version: The version that the service says it made, or None.
    """
    made = None if new_version is None else str(new_version)
    return {**intent, "outcome": outcome, "code": code or None, "new_version": made}


def _call(call: Call) -> dict[str, Any]:
    return {
        "service": call.service,
        "operation": call.operation,
        "members": sorted(call.parameters),
        "digest": digest(call.parameters),
        "otherwise": None if call.otherwise is None else _call(call.otherwise),
    }
