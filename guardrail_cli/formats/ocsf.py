"""A verdict as a Compliance Finding of the Open Cybersecurity Schema Framework, for security lakes and SIEMs."""

from datetime import datetime
from importlib.metadata import version
from typing import Any

from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.rules import Severity
from guardrail.core.runtimes.verdict import Compliance, Verdict, Violation
from guardrail_cli.formats.wording import TITLES, violation_sentence

_SCHEMA = "1.5.0"
_STANDARD = "AgentCore landing zone"
_STATUS = {
    Compliance.COMPLIANT: (1, "Pass"),
    Compliance.INSUFFICIENT_DATA: (2, "Warning"),
    Compliance.NON_COMPLIANT: (3, "Fail"),
}
_INFORMATIONAL = (1, "Informational")
_SEVERITIES = {Severity.MEDIUM: (3, "Medium"), Severity.HIGH: (4, "High")}


def compliance_finding(verdict: Verdict, zone: LandingZone, at: datetime) -> dict[str, Any]:
    """Return the finding: one event of class 2003 for the runtime, with a check per violation.

    Attribute names and required attributes are those of schema 1.5.0 with the profile `cloud`.
    """
    severity_id, severity = _severity(verdict)
    milliseconds = int(at.timestamp() * 1000)
    return {
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "activity_id": 1,
        "activity_name": "Create",
        "type_uid": 200301,
        "type_name": "Compliance Finding: Create",
        "time": milliseconds,
        "severity_id": severity_id,
        "severity": severity,
        "status_id": 1,
        "status": "New",
        "message": f"Runtime {verdict.runtime_id or 'of unknown id'} is {verdict.compliance.value}",
        "metadata": _metadata(),
        "cloud": {"provider": "AWS", "region": zone.region, "account": {"uid": zone.account, **_AWS_ACCOUNT}},
        "finding_info": _finding_info(verdict, milliseconds),
        "compliance": _compliance(verdict),
        "resources": [_resource(verdict, zone)],
        "remediation": {"desc": _remediation(verdict)},
        "unmapped": {"verdict": verdict.document()},
    }


_AWS_ACCOUNT = {"type_id": 10, "type": "AWS Account"}


def _severity(verdict: Verdict) -> tuple[int, str]:
    open_ones = [_SEVERITIES[each.severity] for each in verdict.violations if each.exempted_by is None]
    return max(open_ones, default=_INFORMATIONAL)


def _metadata() -> dict[str, Any]:
    product = {"name": "AgentCore guardrail", "vendor_name": "guardrail", "version": version("agentcore-guardrail")}
    return {"version": _SCHEMA, "product": product, "profiles": ["cloud"]}


def _finding_info(verdict: Verdict, milliseconds: int) -> dict[str, Any]:
    return {
        "uid": verdict.document()["digest"],
        "title": f"AgentCore runtime is {verdict.compliance.value}",
        "desc": " ".join(violation_sentence(violation) for violation in verdict.violations) or "No rule is broken.",
        "created_time": milliseconds,
    }


def _compliance(verdict: Verdict) -> dict[str, Any]:
    status_id, status = _STATUS[verdict.compliance]
    return {
        "standards": [_STANDARD],
        "control": "Every version that traffic can reach is inside the landing zone",
        "status_id": status_id,
        "status": status,
        "status_details": [f"Not read: {unread.what} ({unread.why})." for unread in verdict.unread],
        "checks": [_check(violation) for violation in verdict.violations],
    }


def _check(violation: Violation) -> dict[str, Any]:
    severity_id, severity = _SEVERITIES[violation.severity]
    exempted = f" Exempted by {violation.exempted_by}." if violation.exempted_by else ""
    return {
        "uid": violation.rule.value,
        "name": TITLES[violation.rule],
        "desc": violation_sentence(violation) + exempted,
        "standards": [_STANDARD],
        "severity_id": severity_id,
        "severity": severity,
        "status_id": 3,
        "status": "Fail",
    }


def _resource(verdict: Verdict, zone: LandingZone) -> dict[str, Any]:
    known = {"uid": verdict.runtime_arn, "name": verdict.runtime_id}
    return {
        **{key: value for key, value in known.items() if value is not None},
        "type": "AWS::BedrockAgentCore::Runtime",
        "region": zone.region,
    }


def _remediation(verdict: Verdict) -> str:
    fixes = dict.fromkeys(each.fix.cli for each in verdict.violations if each.fix.cli and each.exempted_by is None)
    return "\n".join(fixes) or "Nothing to do."
