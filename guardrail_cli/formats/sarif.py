"""A verdict as SARIF 2.1.0, for code scanning and whatever else shows results of static analysis."""

import os
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from guardrail.core.runtimes.rules import SEVERITY, BrokenRule, RuleId, Severity
from guardrail.core.runtimes.verdict import Verdict, Violation
from guardrail_cli.formats.wording import TITLES, dormant_sentence, violation_sentence

_LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning"}
_SCORES = {Severity.HIGH: "8.0", Severity.MEDIUM: "5.5"}  # GitHub's security-severity: high from 7.0, medium from 4.0


def sarif_log(verdict: Verdict, path: str | None) -> dict[str, Any]:
    """Return a log of one run: a result per violation, suppressed if exempted, and a note per dormant one.

    Args:
        path: The file that the snapshot was read from, or None for stdin; results point at it.
    """
    document = verdict.document()
    run = {
        "tool": {"driver": _driver()},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notifications(verdict)}],
        "results": [_violation(violation, verdict, path) for violation in verdict.violations]
        + [_dormant(number, broken, verdict, path) for number, broken in verdict.dormant],
        "properties": {key: document[key] for key in ("runtime_arn", "compliance", "digest")},
    }
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}


def _driver() -> dict[str, Any]:
    return {
        "name": "guardrail",
        "version": version("agentcore-guardrail"),
        "rules": [
            {
                "id": rule.value,
                "shortDescription": {"text": title},
                "defaultConfiguration": {"level": _LEVELS[SEVERITY[rule]]},
                "properties": {"tags": ["security"], "security-severity": _SCORES[SEVERITY[rule]]},
            }
            for rule, title in TITLES.items()
        ],
    }


def _violation(violation: Violation, verdict: Verdict, path: str | None) -> dict[str, Any]:
    accepted = {"kind": "external", "status": "accepted", "justification": f"exemption {violation.exempted_by}"}
    return {
        **_result(violation.rule, violation.version, verdict, path),
        "level": _LEVELS[violation.severity],
        "message": {"text": violation_sentence(violation)},
        "suppressions": [accepted] if violation.exempted_by else [],
        "properties": {"endpoints": list(violation.endpoints), "fix": violation.fix.document()},
    }


def _dormant(number: int, broken: BrokenRule, verdict: Verdict, path: str | None) -> dict[str, Any]:
    return {
        **_result(broken.rule, number, verdict, path),
        "level": "note",
        "message": {"text": dormant_sentence(number, broken)},
        "suppressions": [],
    }


def _result(rule: RuleId, number: int, verdict: Verdict, path: str | None) -> dict[str, Any]:
    """What every result has; its fingerprint stays the same as long as the version breaks the rule."""
    subject = f"{verdict.runtime_arn or verdict.runtime_id or 'unknown'}/version/{number}"
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": subject, "kind": "resource"}]}
    if path not in (None, "-"):
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(str(path))}, "region": {"startLine": 1}}
    return {
        "ruleId": rule.value,
        "ruleIndex": list(TITLES).index(rule),
        "locations": [location],
        "partialFingerprints": {"versionBreaksRule/v1": sha256(f"{subject} {rule}".encode()).hexdigest()},
    }


def _notifications(verdict: Verdict) -> list[dict[str, Any]]:
    unread = [("warning", f"Not read: {each.what} ({each.why}).") for each in verdict.unread]
    notes = [("note", note) for note in verdict.notes]
    return [{"level": level, "message": {"text": text}} for level, text in unread + notes]


def _uri(path: str) -> str:
    return Path(path).as_uri() if Path(path).is_absolute() else quote(os.fsencode(path))
